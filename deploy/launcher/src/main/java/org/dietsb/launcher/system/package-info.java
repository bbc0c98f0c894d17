/** The system on this machine, its home folder and its processes; or one in a cluster, by kubectl; and their REST interfaces. */
@NullMarked
package org.dietsb.launcher.system;

import org.jspecify.annotations.NullMarked;
