/** What a user types: the commands of dietsb, their help and their exit codes. */
@NullMarked
package org.dietsb.launcher.command;

import org.jspecify.annotations.NullMarked;
