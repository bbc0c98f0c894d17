/** Benchmark policies: the cost of judging and of encoding per example, measured by JMH. */
@NullMarked
package org.dietsb.bench.judging;

import org.jspecify.annotations.NullMarked;
