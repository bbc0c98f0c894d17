package org.dietsb.launcher.system;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A shell around a program: the program ends when this process ends, even if this process is killed, and signals of the terminal do not reach it. */
final class Guard {
    /** Seconds after which a program that was requested to end is killed. */
    static final int STOP_SECONDS = 40;

    // A session of its own keeps the signals of a terminal away from the service, which stops in its turn.
    private static final String IN_OWN_SESSION =
            "trap '' INT QUIT; command -v setsid >/dev/null && exec setsid \"$@\"; exec \"$@\"";

    // A guard beside the service ends it when standard input ends, that is on request or when this process is gone. The
    // shell ends the guard, and waits for it, when the service has ended.
    private static final String GUARDED = """
        exec 3<&0
        "$@" </dev/null 3<&- & service=$!
        {
          read end <&3
          trap 'kill $patience; wait; exit' TERM
          kill $service
          sleep STOP_SECONDS 3<&- & patience=$!
          wait $patience
          kill -9 $service
        } 2>/dev/null & guard=$!
        wait $service; code=$?
        kill $guard 2>/dev/null; wait $guard
        exit $code
        """.replace("STOP_SECONDS", String.valueOf(STOP_SECONDS));

    private Guard() {}

    /**
     * Returns the command of a guarded program, whose standard input must stay open as long as it is to run.
     *
     * @param name of the shell, for lists of processes
     */
    static List<String> around(String name, List<String> program) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", IN_OWN_SESSION, name, "sh", "-c", GUARDED, name));
        command.addAll(program);
        return command;
    }

    /** Requests a guarded program to end. */
    static void end(Process guarded) {
        try {
            guarded.getOutputStream().close();
        } catch (IOException gone) {
            guarded.destroy();
        }
    }
}
