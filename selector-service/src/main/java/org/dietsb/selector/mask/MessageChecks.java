package org.dietsb.selector.mask;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.selector.record.Recording;
import org.dietsb.trainer.wire.AttemptClosed;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.BatchSpan;
import org.dietsb.trainer.wire.EpochOpened;
import org.dietsb.trainer.wire.StateRequested;
import org.dietsb.trainer.wire.TrainedLosses;
import org.dietsb.trainer.wire.TrainedSteps;

/**
 * Judges what the trainer of a run writes, before anything of it is taken in: whatever is wrong is rejected with the name of the field, its
 * value and what is allowed. One thread.
 */
final class MessageChecks {
    private final AttemptOpened opened;
    private final RunLosses losses;
    private final RunPolicies policies;
    private final Recording recording;
    private final LastAnswers lastAnswers;
    private final JudgeContext context;
    /** The epoch that was opened last; 0 if none was. */
    private int epoch;
    /** The batch of this epoch that was announced last; -1 if none was. */
    private int batch = -1;

    MessageChecks(
            AttemptOpened opened,
            RunLosses losses,
            RunPolicies policies,
            Recording recording,
            LastAnswers lastAnswers,
            JudgeContext context) {
        this.opened = opened;
        this.losses = losses;
        this.policies = policies;
        this.recording = recording;
        this.lastAnswers = lastAnswers;
        this.context = context;
    }

    /** Whether the run has neither opened an epoch nor given a state. */
    boolean isAtTheBeginning() {
        return epoch == 0;
    }

    /** Goes on at the barrier of a state: so many batches of the epoch are over. */
    void resumeAt(int ofEpoch, int batches) {
        epoch = ofEpoch;
        batch = batches - 1;
    }

    /** Notes that an epoch was opened, and answered. */
    void opened(int next) {
        epoch = next;
        batch = -1;
    }

    /** Notes that a batch is judged, or waits for that: a batch whose look-ups are not finished is checked again. */
    void announced(int number) {
        batch = Math.max(batch, number);
    }

    /** Returns the policy of an epoch that is to be opened. */
    Policy epoch(EpochOpened next) throws PoisonException {
        inRun(next.getEpoch());
        if (next.getEpoch() < epoch) {
            throw new PoisonException(
                    "epoch is " + next.getEpoch() + ", allowed is " + epoch + " or more: that epoch was opened before");
        }
        Policy policy = policies.of(next.getRevision(), next.hasPolicy() ? next.getPolicy() : null);
        policies.remember(next.getRevision(), policy);
        return policy;
    }

    /** Checks the place of a barrier. */
    void barrier(StateRequested request) throws PoisonException {
        inOpenEpoch(request.getEpoch(), request.getBatch());
    }

    private void inRun(int of) throws PoisonException {
        int last = opened.getEpochs() == 0 || opened.getByBudget() ? Integer.MAX_VALUE : opened.getEpochs();
        if (of < 1 || Integer.compareUnsigned(of, last) > 0) {
            throw new PoisonException("epoch is " + Integer.toUnsignedString(of) + ", allowed is [1, "
                    + Integer.toUnsignedString(last) + "]");
        }
    }

    /** Returns a batch that was announced; a poisonous one leaves no policy behind. */
    Announced batch(BatchLosses message) throws PoisonException {
        inOpenEpoch(message.getEpoch(), message.getBatch());
        Announced announced = checked(message);
        follows(announced);
        policies.remember(message.getRevision(), announced.policy());
        return announced;
    }

    /** Returns a batch that was checked when it arrived, and had to wait. */
    Announced checked(BatchLosses message) throws PoisonException {
        return new Announced(message, reported(message), policy(message));
    }

    /** Returns the batches of a span; a poisonous one leaves no policy behind. */
    List<Announced> span(BatchSpan span) throws PoisonException {
        if (!opened.getReadsSpans()) {
            throw new PoisonException(
                    "BatchSpan came from an attempt whose AttemptOpened does not say reads_spans, allowed are"
                            + " BatchLosses one by one");
        }
        Spans.check(span, Window.size(opened.getWindow()));
        List<ReportedLosses> reported = new ArrayList<>();
        for (BatchLosses message : span.getBatchesList()) {
            inOpenEpoch(message.getEpoch(), message.getBatch());
            reported.add(reported(message));
        }
        Policy policy = policy(span.getBatches(0));
        List<Announced> batches = IntStream.range(0, reported.size())
                .mapToObj(i -> new Announced(span.getBatches(i), reported.get(i), policy))
                .toList();
        for (Announced one : batches) {
            follows(one);
        }
        policies.remember(span.getBatches(0).getRevision(), policy);
        return batches;
    }

    private void inOpenEpoch(int ofEpoch, int number) throws PoisonException {
        inRun(ofEpoch);
        if (number < 0) {
            throw new PoisonException("batch is " + Integer.toUnsignedString(number) + ", allowed is [0, 2147483647]");
        }
        if (ofEpoch != epoch) {
            throw new PoisonException("epoch is " + ofEpoch
                    + (epoch == 0
                            ? ", allowed is none before the first EpochOpened"
                            : ", allowed is " + epoch + ", which EpochOpened opened last"));
        }
    }

    /** Checks that a batch is announced after those before it, or again. */
    private void follows(Announced announced) throws PoisonException {
        if (announced.batch() <= batch && !lastAnswers.isSame(announced)) {
            throw new PoisonException(
                    "batch is " + announced.batch() + ", allowed is " + (batch + 1L)
                            + " or more: a batch that was announced before is asked for again with the same content only, while it is in the window");
        }
    }

    private ReportedLosses reported(BatchLosses message) throws PoisonException {
        int most = Math.min(opened.getBatchSize(), context.config.largestBatch());
        ReportedLosses reported = ReportedLosses.of(
                message.getIndicesList(), message.getLossesList(), losses.examples(), most, "batch_size");
        correct(message.getCorrect(), reported);
        int[] indices = reported.indices();
        int twice = context.marks.firstTwice(indices);
        if (twice >= 0) {
            throw new PoisonException("indices[" + twice + "] is " + indices[twice]
                    + ", which is in the batch already: allowed is each example once");
        }
        ByteString kept = recording.kept();
        if (!kept.isEmpty()) {
            inEpoch(indices, kept);
        }
        return reported;
    }

    private void inEpoch(int[] indices, ByteString kept) throws PoisonException {
        for (int i = 0; i < indices.length; i++) {
            int index = indices[i];
            if (index / 8 >= kept.size() || (kept.byteAt(index / 8) & (1 << (index % 8))) == 0) {
                throw new PoisonException("indices[" + i + "] is " + index + ", which the mask of epoch " + epoch
                        + " does not keep: allowed are the examples that it keeps");
            }
        }
    }

    private Policy policy(BatchLosses message) throws PoisonException {
        return policies.of(message.getRevision(), message.hasPolicy() ? message.getPolicy() : null);
    }

    /** Checks the end of the attempt. */
    void end(AttemptClosed closed) throws PoisonException {
        if (closed.hasAccuracy() && !(closed.getAccuracy() >= 0 && closed.getAccuracy() <= 1)) {
            throw new PoisonException("accuracy is " + closed.getAccuracy() + ", allowed is [0, 1]");
        }
    }

    private static void correct(ByteString bits, ReportedLosses reported) throws PoisonException {
        int bytes = (reported.size() + 7) / 8;
        if (!bits.isEmpty() && (!reported.hasLosses() || bits.size() != bytes)) {
            throw new PoisonException("correct has " + bits.size() + " bytes for " + reported.size()
                    + " indices, allowed is none"
                    + (reported.hasLosses() ? ", or " + bytes : ", because there are no losses"));
        }
        if (BitSet.valueOf(bits.asReadOnlyByteBuffer()).length() > reported.size()) {
            throw new PoisonException(
                    "correct has bits beyond the last of " + reported.size() + " examples, allowed are none");
        }
    }

    /** Returns the losses of a training step. */
    ReportedLosses step(TrainedLosses trained) throws PoisonException {
        inRun(trained.getEpoch());
        ReportedLosses step = ReportedLosses.of(
                trained.getIndicesList(),
                trained.getLossesList(),
                losses.examples(),
                context.config.largestBatch(),
                "dietsb.selector.largest-batch");
        if (!step.hasLosses()) {
            throw new PoisonException("losses has 0 numbers for " + step.size() + " indices, allowed are as many");
        }
        correct(trained.getCorrect(), step);
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
}
