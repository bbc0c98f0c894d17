/** The orderly stop of a service: what ends it, and with which exit code. */
@NullMarked
package org.dietsb.kit.stop;

import org.jspecify.annotations.NullMarked;
