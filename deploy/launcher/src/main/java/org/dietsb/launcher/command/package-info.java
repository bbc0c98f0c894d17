/** The subcommands of dietsb. */
@NullMarked
package org.dietsb.launcher.command;

import org.jspecify.annotations.NullMarked;
