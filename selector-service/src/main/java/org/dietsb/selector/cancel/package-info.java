/** Requests to cancel runs, which trainers obey as soon as one is up. */
@NullMarked
package org.dietsb.selector.cancel;

import org.jspecify.annotations.NullMarked;
