/**
 * What every service and tool of this system agrees on. The classes here are plain values and pure functions: they know no
 * framework, no topic and no service.
 */
@NullMarked
package org.dietsb.contracts;

import org.jspecify.annotations.NullMarked;
