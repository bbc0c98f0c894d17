/** Text for the user: tables, numbers, progress, and errors in one line. */
@NullMarked
package org.dietsb.launcher.text;

import org.jspecify.annotations.NullMarked;
