/** Benchmark policy-cost: the cost of an epoch under each policy, compared with training without masks. */
@NullMarked
package org.dietsb.bench.cost;

import org.jspecify.annotations.NullMarked;
