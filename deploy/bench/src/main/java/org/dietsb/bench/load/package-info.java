/** Benchmark selector-load: the cost of a mask as runs, partitions and selectors grow. */
@NullMarked
package org.dietsb.bench.load;

import org.jspecify.annotations.NullMarked;
