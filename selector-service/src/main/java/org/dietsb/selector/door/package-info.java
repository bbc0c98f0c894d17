/** Sign-in to the control room; all other access control is in the kit. */
@NullMarked
package org.dietsb.selector.door;

import org.jspecify.annotations.NullMarked;
