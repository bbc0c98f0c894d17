package org.dietsb.trainer.news;

import org.jspecify.annotations.Nullable;

/**
 * A trainer that has taken the order of a run. One that is never over is of a trainer that ended while it held the order.
 *
 * @param id of the take, unique for the run
 * @param over whether the trainer has ended the run, or given its order back
 * @param checkpoint the newest when the order was taken; null = none
 * @param resumed how often the run had been resumed
 */
public record Take(String runId, String id, boolean over, Run.@Nullable Barrier checkpoint, int resumed) {
    Take ended() {
        return new Take(runId, id, true, checkpoint, resumed);
    }
}
