/** Takes orders, one at a time, out of the share group of all trainers, and stores those that REST accepts. */
@NullMarked
package org.dietsb.trainer.order;

import org.jspecify.annotations.NullMarked;
