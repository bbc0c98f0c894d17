/** The broker, selectors and programs that a benchmark starts for itself. */
@NullMarked
package org.dietsb.testbed;

import org.jspecify.annotations.NullMarked;
