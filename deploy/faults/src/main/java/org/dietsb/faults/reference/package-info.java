/** The masks, states and weights that a run must have, computed without Kafka and without recovery. */
@NullMarked
package org.dietsb.faults.reference;

import org.jspecify.annotations.NullMarked;
