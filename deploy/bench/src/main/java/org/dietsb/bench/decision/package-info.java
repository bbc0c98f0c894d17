/** Benchmark epoch-decision: runs on large training sets, whose every mask is compared with the pure rule, and what they cost other runs. */
@NullMarked
package org.dietsb.bench.decision;

import org.jspecify.annotations.NullMarked;
