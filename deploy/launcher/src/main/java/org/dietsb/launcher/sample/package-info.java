/** Figures of several seeds, and how a method stands beside its controls. */
@NullMarked
package org.dietsb.launcher.sample;

import org.jspecify.annotations.NullMarked;
