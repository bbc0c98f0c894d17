/** The system on this machine: its home folder, its processes and their REST interfaces. */
@NullMarked
package org.dietsb.launcher.system;

import org.jspecify.annotations.NullMarked;
