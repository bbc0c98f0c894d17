/** The plan of a round: the run, the swaps of its policy and the faults, all drawn from a seed. */
@NullMarked
package org.dietsb.faults.plan;

import org.jspecify.annotations.NullMarked;
