/** A real system whose processes and connections can be killed, stopped, restarted and cut. */
@NullMarked
package org.dietsb.faults.system;

import org.jspecify.annotations.NullMarked;
