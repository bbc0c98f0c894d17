/** What a run's losses were before this batch. */
@NullMarked
package org.dietsb.selector.history;

import org.jspecify.annotations.NullMarked;
