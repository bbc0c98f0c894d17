package org.dietsb.selector.run;

import org.dietsb.trainer.wire.Run;

/** Is told of every run that run-events tells of, as it is now, after {@link Runs} knows it. */
@FunctionalInterface
public interface RunListener {
    /** Called by the thread that reads: returns at once. */
    void told(Run run);
}
