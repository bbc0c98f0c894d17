/** Text output: tables, formatted numbers and progress. */
@NullMarked
package org.dietsb.launcher.text;

import org.jspecify.annotations.NullMarked;
