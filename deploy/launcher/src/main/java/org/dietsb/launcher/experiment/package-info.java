/** Experiments as files define them, with their runs and scorings. Depends neither on the system nor on results. */
@NullMarked
package org.dietsb.launcher.experiment;

import org.jspecify.annotations.NullMarked;
