package org.dietsb.selector.swap;

/** Is told of every policy that is given, after {@link PolicyHistory} knows it. */
@FunctionalInterface
public interface SwapListener {
    /**
     * Called by the thread that reads: returns at once.
     *
     * @param runId whose policy it is, or {@code *} for that of new runs
     */
    void swapped(String runId);
}
