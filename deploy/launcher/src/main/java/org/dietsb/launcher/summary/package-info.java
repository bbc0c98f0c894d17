/** Summarizes runs, epochs, scores and policies as lines, tables, JSON and CSV. */
@NullMarked
package org.dietsb.launcher.summary;

import org.jspecify.annotations.NullMarked;
