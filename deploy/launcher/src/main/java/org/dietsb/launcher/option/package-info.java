/** Options of the subcommands: what to train, by which policy, and where results go. */
@NullMarked
package org.dietsb.launcher.option;

import org.jspecify.annotations.NullMarked;
