package org.dietsb.launcher.text;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import picocli.CommandLine.Help.Ansi;

/** Where the output is shown: on a terminal of some width, or in a file or pipe, whose lines have no limit and no colours. */
final class Screen {
    private Screen() {}

    /** Returns whether a person watches, so that bars and colours are useful. */
    @SuppressWarnings("SystemConsoleNull") // The call below covers Java 22 and newer.
    static boolean isTerminal() {
        Console console = System.console();
        if (console == null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            // From Java 22 on, a console exists without a terminal too.
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (IllegalAccessException | InvocationTargetException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the number of characters of a line; a very large one if there is no terminal. */
    static int width() {
        // The width that bars have: both share one opened terminal.
        return isTerminal() ? new ConsoleProgressBarConsumer(System.out).getMaxRenderedLength() : Integer.MAX_VALUE;
    }

    /** Returns whether text is coloured: on a terminal, unless variable {@code NO_COLOR} is set (see https://no-color.org). */
    static Ansi colours() {
        return isTerminal() && Ansi.AUTO.enabled() ? Ansi.ON : Ansi.OFF;
    }
}
