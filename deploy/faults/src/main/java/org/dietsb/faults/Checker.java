package org.dietsb.faults;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.Epoch;
import org.dietsb.trainer.wire.LossMessage;
import org.dietsb.trainer.wire.Run;

/**
 * Whether a run lost nothing: each batch of each epoch trained once in what survived, each mask the one that the log alone
 * gives, and the end that of the undisturbed run, bit by bit.
 */
final class Checker {
    /** From a Fenced that is written to its reader's last word. */
    private static final long FENCED_WITHIN_MILLIS = 1_000;

    /** Complaints of one kind that are told; the others are counted. */
    private static final int MOST = 5;

    private final Recording recording;
    private final Survivors survivors;
    private final Reference reference;
    private final Map<String, List<String>> complaints = new TreeMap<>();

    private Checker(Recording recording, Survivors survivors, Reference reference) {
        this.recording = recording;
        this.survivors = survivors;
        this.reference = reference;
    }

    /**
     * All that is wrong, in words; empty if nothing is.
     *
     * @param reference the run without faults, of the stamps that survived
     * @param lookups all that diets and replays go by
     */
    static List<String> check(Recording recording, Reference reference, Lookups lookups) {
        Checker checker = new Checker(recording, Survivors.of(recording.losses(), lookups), reference);
        checker.survivors.complaints().forEach(complaint -> checker.complain("log", complaint));
        checker.everyBatchOnce();
        checker.sameAnnouncements();
        checker.fencedKeepQuiet();
        checker.sameMasks();
        checker.sameStates();
        checker.sameEnd();
        return checker.words();
    }

    private void complain(String kind, String complaint) {
        complaints.computeIfAbsent(kind, key -> new ArrayList<>()).add(complaint);
    }

    private List<String> words() {
        List<String> words = new ArrayList<>();
        complaints.forEach((kind, all) -> {
            all.stream().limit(MOST).forEach(one -> words.add(kind + ": " + one));
            if (all.size() > MOST) {
                words.add(kind + ": " + (all.size() - MOST) + " more");
            }
        });
        return words;
    }

    /** By the log alone: epochs 1 to the last; batches 0 to the last, in order; each example that the epoch keeps in one of them. */
    private void everyBatchOnce() {
        int size = survivors.opened().getBatchSize();
        TreeMap<Integer, List<BatchLosses>> epochs = new TreeMap<>();
        for (Entry<LossMessage> entry : survivors.surviving()) {
            LossMessage message = entry.message();
            if (message.hasEpochOpened()
                    && epochs.put(message.getEpochOpened().getEpoch(), new ArrayList<>()) != null) {
                complain("batches", "epoch " + message.getEpochOpened().getEpoch() + " is opened twice");
            }
            if (message.hasBatchLosses()) {
                BatchLosses batch = message.getBatchLosses();
                epochs.computeIfAbsent(batch.getEpoch(), epoch -> {
                            complain("batches", "epoch " + epoch + " is trained and was not opened");
                            return new ArrayList<>();
                        })
                        .add(batch);
            }
        }
        for (int epoch = 1; epoch <= survivors.opened().getEpochs(); epoch++) {
            List<BatchLosses> batches = epochs.get(epoch);
            if (batches == null) {
                complain("batches", "epoch " + epoch + " is missing");
                continue;
            }
            batchesOnce(epoch, batches, size);
        }
    }

    private void batchesOnce(int epoch, List<BatchLosses> batches, int size) {
        Map<Integer, Integer> times = new TreeMap<>();
        Set<Integer> examples = new HashSet<>();
        int last = -1;
        int twice = 0;
        for (BatchLosses batch : batches) {
            times.merge(batch.getBatch(), 1, Integer::sum);
            last = Math.max(last, batch.getBatch());
            for (int index : batch.getIndicesList()) {
                twice += examples.add(index) ? 0 : 1;
            }
        }
        for (int batch = 0; batch <= last; batch++) {
            int trained = times.getOrDefault(batch, 0);
            if (trained != 1) {
                complain("batches", "epoch " + epoch + ", batch " + batch + " is trained " + trained + " times");
            }
        }
        if (twice > 0) {
            complain("batches", "epoch " + epoch + " trains " + twice + " examples again");
        }
        int kept = kept(epoch);
        if (examples.size() != kept) {
            complain(
                    "batches",
                    "epoch " + epoch + " trains on " + examples.size() + " examples of " + kept + " that it keeps");
        }
        if (last + 1 != (kept + size - 1) / size) {
            complain("batches", "epoch " + epoch + " ends with batch " + last + " of " + (kept + size - 1) / size);
        }
    }

    private int kept(int epoch) {
        return survivors.surviving().stream()
                .map(Entry::message)
                .filter(message ->
                        message.hasEpochOpened() && message.getEpochOpened().getEpoch() == epoch)
                .map(message -> survivors.answers().get(new Survivors.Asked(message.getAttempt(), epoch, -1)))
                .mapToInt(answer -> answer == null ? 0 : answer.getEpochMask().getKeptCount())
                .findFirst()
                .orElse(0);
    }

    private void sameAnnouncements() {
        List<LossMessage> ours = survivors.surviving().stream()
                .map(entry -> bare(entry.message()))
                .toList();
        List<LossMessage> theirs =
                reference.losses().stream().map(Checker::bare).toList();
        for (int i = 0; i < Math.max(ours.size(), theirs.size()); i++) {
            if (i >= ours.size() || i >= theirs.size()) {
                complain("announcements", "there are " + ours.size() + ", of the undisturbed run " + theirs.size());
                return;
            }
            if (!ours.get(i).equals(theirs.get(i))) {
                complain(
                        "announcements",
                        words(ours.get(i)) + " is not what the undisturbed run announces there: "
                                + difference(ours.get(i), theirs.get(i)));
            }
        }
    }

    /** Without what a resumed attempt says in other words. */
    private static LossMessage bare(LossMessage message) {
        LossMessage.Builder bare = message.toBuilder().clearAttempt().clearRunId();
        if (bare.hasEpochOpened()) {
            bare.getEpochOpenedBuilder().clearPolicy();
        }
        if (bare.hasBatchLosses()) {
            bare.getBatchLossesBuilder().clearPolicy();
        }
        return bare.build();
    }

    private static String difference(LossMessage ours, LossMessage theirs) {
        if (ours.getEventCase() != theirs.getEventCase()) {
            return words(theirs);
        }
        if (!ours.hasBatchLosses()) {
            return "it differs";
        }
        BatchLosses a = ours.getBatchLosses();
        BatchLosses b = theirs.getBatchLosses();
        if (a.getEpoch() != b.getEpoch() || a.getBatch() != b.getBatch()) {
            return words(theirs);
        }
        if (!a.getIndicesList().equals(b.getIndicesList())) {
            return "other examples";
        }
        if (!a.getLossesList().equals(b.getLossesList())) {
            return "other losses";
        }
        return a.getRevision() != b.getRevision() ? "another revision" : "it differs";
    }

    private static String words(LossMessage message) {
        return switch (message.getEventCase()) {
            case EPOCH_OPENED ->
                "the opening of epoch " + message.getEpochOpened().getEpoch();
            case BATCH_LOSSES ->
                "epoch " + message.getBatchLosses().getEpoch() + ", batch "
                        + message.getBatchLosses().getBatch();
            case TRAINED_LOSSES ->
                "a step of epoch " + message.getTrainedLosses().getEpoch();
            default -> message.getEventCase().toString();
        };
    }

    /** A lower attempt may say what was on its way; it is answered that it is fenced, and then says nothing more. */
    private void fencedKeepQuiet() {
        Map<Long, Long> fencedAt = new HashMap<>();
        for (Entry<MaskMessage> mask : recording.masks()) {
            if (mask.message().hasFenced()) {
                fencedAt.putIfAbsent(mask.message().getAttempt(), mask.millis());
            }
        }
        for (Entry<LossMessage> late : survivors.late()) {
            long attempt = late.message().getAttempt();
            String who =
                    "attempt " + attempt + " wrote batch-losses@" + late.offset() + " (" + words(late.message()) + ") ";
            if (!survivors.attempts().contains(attempt)) {
                complain("fencing", who + "and was never opened");
            } else if (!fencedAt.containsKey(attempt) && !late.message().hasAttemptClosed()) {
                complain("fencing", who + "after a higher one had opened, and was not fenced");
            } else if (late.millis()
                    > fencedAt.getOrDefault(attempt, Long.MAX_VALUE - FENCED_WITHIN_MILLIS) + FENCED_WITHIN_MILLIS) {
                complain("fencing", who + "after it was fenced");
            }
        }
    }

    private void sameMasks() {
        Set<Survivors.Asked> answered = new HashSet<>();
        for (Entry<MaskMessage> mask : recording.masks()) {
            MaskMessage message = mask.message();
            if (message.hasRefused()) {
                complain(
                        "masks",
                        "attempt " + message.getAttempt() + " is refused: "
                                + message.getRefused().getReason());
            }
            if (!message.hasEpochMask() && !message.hasBatchMask()) {
                continue;
            }
            Survivors.Asked asked = message.hasEpochMask()
                    ? new Survivors.Asked(
                            message.getAttempt(), message.getEpochMask().getEpoch(), -1)
                    : new Survivors.Asked(
                            message.getAttempt(),
                            message.getBatchMask().getEpoch(),
                            message.getBatchMask().getBatch());
            answered.add(asked);
            Entry<LossMessage> question = survivors.questions().get(asked);
            MaskMessage due = survivors.answers().get(asked);
            if (question == null || due == null) {
                complain("masks", "a mask for " + words(asked) + ", which was not asked for");
            } else {
                if (question.partition() != mask.partition()) {
                    complain(
                            "masks",
                            "the mask for " + words(asked) + " lies on partition " + mask.partition()
                                    + ", its losses on " + question.partition());
                }
                compare(asked, message, due);
            }
        }
        for (Entry<LossMessage> entry : survivors.surviving()) {
            asked(entry.message())
                    .filter(asked -> !answered.contains(asked))
                    .ifPresent(asked -> complain("masks", "no mask for " + words(asked)));
        }
        List<MaskMessage> ours = survivors.surviving().stream()
                .flatMap(entry -> asked(entry.message()).stream())
                .flatMap(asked -> Optional.ofNullable(survivors.answers().get(asked)).stream())
                .map(mask -> mask.toBuilder().clearAttempt().clearRunId().build())
                .toList();
        if (!ours.equals(reference.masks())) {
            complain("masks", "those that survive are not those of the undisturbed run");
        }
    }

    private static Optional<Survivors.Asked> asked(LossMessage message) {
        return switch (message.getEventCase()) {
            case EPOCH_OPENED ->
                Optional.of(new Survivors.Asked(
                        message.getAttempt(), message.getEpochOpened().getEpoch(), -1));
            case BATCH_LOSSES ->
                Optional.of(new Survivors.Asked(
                        message.getAttempt(),
                        message.getBatchLosses().getEpoch(),
                        message.getBatchLosses().getBatch()));
            default -> Optional.empty();
        };
    }

    private void compare(Survivors.Asked asked, MaskMessage is, MaskMessage due) {
        if (is.hasBatchMask()) {
            BatchMask mask = is.getBatchMask();
            BatchMask wanted = due.getBatchMask();
            if (mask.getRevision() != wanted.getRevision()) {
                complain(
                        "masks",
                        "the mask for " + words(asked) + " is of revision " + mask.getRevision()
                                + ", the batch of revision " + wanted.getRevision());
            } else if (!mask.equals(wanted)) {
                complain(
                        "masks",
                        "the mask for " + words(asked) + " is not what the log gives: " + mask.getSelectedCount()
                                + " selected, due are " + wanted.getSelectedCount());
            }
            return;
        }
        EpochMask mask = is.getEpochMask();
        EpochMask wanted = due.getEpochMask();
        if (mask.getRevision() != wanted.getRevision()) {
            complain(
                    "masks",
                    "the mask for " + words(asked) + " is of revision " + mask.getRevision()
                            + ", the epoch of revision " + wanted.getRevision());
        } else if (!mask.equals(wanted)) {
            complain(
                    "masks",
                    "the mask for " + words(asked) + " is not what the log gives: " + mask.getKeptCount()
                            + " kept, due are " + wanted.getKeptCount());
        }
    }

    private static String words(Survivors.Asked asked) {
        return "epoch " + asked.epoch() + (asked.batch() < 0 ? "" : ", batch " + asked.batch()) + " of attempt "
                + asked.attempt();
    }

    /** Every state that the selector told, each time it told it. */
    private void sameStates() {
        Map<Survivors.Asked, List<SelectorState>> told = new HashMap<>();
        for (Entry<MaskMessage> entry : recording.masks()) {
            if (!entry.message().hasSelectorState()) {
                continue;
            }
            SelectorState part = entry.message().getSelectorState();
            Survivors.Asked asked = new Survivors.Asked(entry.message().getAttempt(), part.getEpoch(), part.getBatch());
            List<SelectorState> parts = told.computeIfAbsent(asked, key -> new ArrayList<>());
            if (part.getPart() == 0) {
                parts.clear();
            }
            parts.add(part);
            if (parts.size() < part.getParts() || part.getPart() != part.getParts() - 1) {
                continue;
            }
            LossState due = survivors.states().get(asked);
            if (due == null) {
                complain("states", "a state of " + words(asked) + ", which was not asked for");
            } else if (!LossState.of(parts, due.lastLosses().length).equals(due)) {
                complain("states", "the state of " + words(asked) + " is not what the log gives");
            }
        }
    }

    private void sameEnd() {
        Optional<Run> ended = recording.last();
        if (ended.isEmpty()) {
            complain("end", "the run never began");
            return;
        }
        Run run = ended.get();
        if (run.getState() != Run.State.COMPLETED) {
            complain("end", "the run is " + run.getState() + " " + run.getReason());
        }
        if (!survivors.attempts().isEmpty()
                && run.getAttempt()
                        != survivors.attempts().get(survivors.attempts().size() - 1)) {
            complain(
                    "end",
                    "attempt " + run.getAttempt() + " ended the run, the last one opened is "
                            + survivors.attempts().get(survivors.attempts().size() - 1));
        }
        if (!run.getWeightsChecksum().equals(reference.weightsChecksum())) {
            complain(
                    "end",
                    "the weights are " + run.getWeightsChecksum() + ", those of the undisturbed run "
                            + reference.weightsChecksum());
        }
        if (!run.getBitIdentical()) {
            complain("end", "the run does not call itself bit-identical");
        }
        if (recording.deadLetters() != 0) {
            complain("end", recording.deadLetters() + " dead letters");
        }
        if (run.getEpochsCount() != reference.epochs().size()) {
            complain(
                    "end",
                    "figures of " + run.getEpochsCount() + " epochs, due are "
                            + reference.epochs().size());
            return;
        }
        for (int i = 0; i < run.getEpochsCount(); i++) {
            compare(run.getEpochs(i), reference.epochs().get(i));
        }
    }

    private void compare(Epoch is, EpochFigures due) {
        figure(due.epoch(), "epoch", is.getEpoch(), due.epoch());
        figure(due.epoch(), "seen", is.getSeen(), due.seen());
        figure(due.epoch(), "selected", is.getSelected(), due.selected());
        figure(due.epoch(), "steps", is.getSteps(), due.steps());
        figure(due.epoch(), "backwardExamples", is.getBackwardExamples(), due.backwardExamples());
        figure(due.epoch(), "selectionExamples", is.getSelectionExamples(), due.selectionExamples());
        figure(due.epoch(), "maskTimeouts", is.getMaskTimeouts(), 0);
        figure(due.epoch(), "trainLoss", is.getTrainLoss(), due.trainLoss());
        figure(due.epoch(), "policyRevisions", is.getPolicyRevisionsList(), due.policyRevisions());
    }

    private void figure(int epoch, String name, Object is, Object due) {
        if (!is.equals(due)) {
            complain("figures", "epoch " + epoch + ": " + name + " is " + is + ", due is " + due);
        }
    }
}
