package org.dietsb.selector.page;

import java.net.URI;
import java.util.function.Predicate;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's page leads.
 *
 * @param again the order again; null if the run was not ordered by itself
 * @param resumable whether the run has begun, and the trainer may resume the run, if it has a checkpoint
 * @param model whether the run has written a model
 * @param cancel commands that cancel the run
 * @param grafana the dashboard of the run; empty if no Grafana is set
 */
record RunLinks(@Nullable OrderAgain again, boolean resumable, boolean model, Commands cancel, String grafana) {
    private static final String DASHBOARD = "/d/dietsb-training?var-run=";

    /**
     * Returns the links of a run.
     *
     * @param isThere whether a score set is there
     */
    static RunLinks of(RunSheet run, URI trainer, PageConfig config, Predicate<String> isThere) {
        boolean stopped = run.state() == RunSheet.State.FAILED || run.state() == RunSheet.State.CANCELLED;
        return new RunLinks(
                OrderAgain.of(run, trainer, isThere).orElse(null),
                stopped && run.started() != null && run.scoring().isEmpty() && !run.foreign(),
                run.state() == RunSheet.State.COMPLETED && !run.foreign(),
                Commands.cancel(run.id(), trainer),
                config.grafanaUrl()
                        .map(base -> base.toString().replaceAll("/+$", "") + DASHBOARD + Trainer.encoded(run.id()))
                        .orElse(""));
    }
}
