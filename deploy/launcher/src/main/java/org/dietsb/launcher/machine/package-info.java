/** The broker and the services on this machine: found if they are up, started if not, stopped in order. */
@NullMarked
package org.dietsb.launcher.machine;

import org.jspecify.annotations.NullMarked;
