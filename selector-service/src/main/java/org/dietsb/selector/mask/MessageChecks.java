package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;

/**
 * Checks what the trainer of a run writes. Of a message that cannot be used nothing is taken in. One thread.
 *
 * @param largestBatch maximum number of examples of a batch
 */
record MessageChecks(AttemptOpened opened, RunLosses losses, RunPolicies policies, int largestBatch) {

    /** Rejects an epoch that the run cannot have, and a batch that no epoch can have. */
    void place(int epoch, int batch) throws PoisonException {
        int last = opened.getEpochs() == 0 || opened.getByBudget() ? Integer.MAX_VALUE : opened.getEpochs();
        if (epoch < 1 || Integer.compareUnsigned(epoch, last) > 0) {
            throw new PoisonException("epoch is " + Integer.toUnsignedString(epoch) + ", allowed is [1, "
                    + Integer.toUnsignedString(last) + "]");
        }
        if (batch < 0) {
            throw new PoisonException("batch is " + Integer.toUnsignedString(batch) + ", allowed is [0, 2147483647]");
        }
    }

    /** Returns a batch that was announced; a poisonous one leaves no policy behind. */
    Announced batch(BatchLosses batch) throws PoisonException {
        place(batch.getEpoch(), batch.getBatch());
        ReportedLosses reported = reported(batch.getIndicesList(), batch.getLossesList());
        return new Announced(batch, reported, policy(batch));
    }

    /** Returns the batches of a span; a poisonous one leaves no policy behind. */
    List<Announced> span(BatchSpan span) throws PoisonException {
        Spans.check(span, Window.size(opened.getWindow()));
        List<ReportedLosses> reported = new ArrayList<>();
        for (BatchLosses batch : span.getBatchesList()) {
            place(batch.getEpoch(), batch.getBatch());
            reported.add(reported(batch.getIndicesList(), batch.getLossesList()));
        }
        Policy policy = policy(span.getBatches(0));
        return IntStream.range(0, reported.size())
                .mapToObj(i -> new Announced(span.getBatches(i), reported.get(i), policy))
                .toList();
    }

    private Policy policy(BatchLosses batch) throws PoisonException {
        return policies.of(batch.getRevision(), batch.hasPolicy() ? batch.getPolicy() : null);
    }

    /** Returns the losses of a training step. */
    ReportedLosses step(TrainedLosses trained) throws PoisonException {
        ReportedLosses step = reported(trained.getIndicesList(), trained.getLossesList());
        if (!step.hasLosses()) {
            throw new PoisonException("a step of " + step.size() + " examples without losses");
        }
        return step;
    }

    /** Returns the losses of several training steps. */
    List<ReportedLosses> steps(TrainedSteps trained) throws PoisonException {
        Spans.check(trained, Window.size(opened.getWindow()));
        List<ReportedLosses> steps = new ArrayList<>();
        for (TrainedLosses one : trained.getStepsList()) {
            steps.add(step(one));
        }
        return steps;
    }

    private ReportedLosses reported(List<Integer> indices, List<Float> values) throws PoisonException {
        return ReportedLosses.of(indices, values, losses.examples(), largestBatch);
    }
}
