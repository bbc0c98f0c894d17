/** Checks command lines and reports errors in one line. */
@NullMarked
package org.dietsb.launcher.usage;

import org.jspecify.annotations.NullMarked;
