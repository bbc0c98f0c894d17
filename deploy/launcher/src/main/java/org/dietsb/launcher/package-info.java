/** The dietsb command. */
@NullMarked
package org.dietsb.launcher;

import org.jspecify.annotations.NullMarked;
