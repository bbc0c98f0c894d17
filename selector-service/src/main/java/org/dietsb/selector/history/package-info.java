/** The losses of a run: before the current batch, by epoch as its log has them, and how often its examples were selected. */
@NullMarked
package org.dietsb.selector.history;

import org.jspecify.annotations.NullMarked;
