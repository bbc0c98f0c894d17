/** An experiment as a file says it, and the runs and scorings it is made of; neither system nor results. */
@NullMarked
package org.dietsb.launcher.experiment;

import org.jspecify.annotations.NullMarked;
