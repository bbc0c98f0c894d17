/** The topics of a run, read like any other consumer reads them. */
@NullMarked
package org.dietsb.faults.log;

import org.jspecify.annotations.NullMarked;
