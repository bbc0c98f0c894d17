/** The dietsb command. In the order of the flow: command, order, machine, follow, report. */
@NullMarked
package org.dietsb.launcher;

import org.jspecify.annotations.NullMarked;
