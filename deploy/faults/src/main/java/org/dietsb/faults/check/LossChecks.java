package org.dietsb.faults.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.reference.Question;
import org.dietsb.faults.reference.Reference;
import org.dietsb.faults.reference.Survivors;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;
import org.dietsb.trainer.wire.LossMessage;

/** Checks the messages of topic batch-losses. */
record LossChecks(Recording recording, Survivors survivors, Reference reference, Complaints complaints) {
    /** Time from a Fenced that is written to the last message of its reader. */
    private static final long FENCED_WITHIN_MILLIS = 1_000;

    void check() {
        everyBatchOnce();
        sameAnnouncements();
        fencedKeepQuiet();
    }

    /** By the log alone: epochs 1 to the last, batches 0 to the last in order, each example that the epoch keeps in one batch. */
    private void everyBatchOnce() {
        int size = survivors.opened().getBatchSize();
        TreeMap<Integer, List<BatchLosses>> epochs = new TreeMap<>();
        for (Entry<LossMessage> entry : survivors.surviving()) {
            LossMessage message = entry.message();
            if (message.hasEpochOpened()
                    && epochs.put(message.getEpochOpened().getEpoch(), new ArrayList<>()) != null) {
                complaints.add("batches", "epoch " + message.getEpochOpened().getEpoch() + " is opened twice");
            }
            if (message.hasBatchLosses()) {
                BatchLosses batch = message.getBatchLosses();
                epochs.computeIfAbsent(batch.getEpoch(), epoch -> {
                            complaints.add("batches", "epoch " + epoch + " is trained but was not opened");
                            return new ArrayList<>();
                        })
                        .add(batch);
            }
        }
        for (int epoch = 1; epoch <= survivors.opened().getEpochs(); epoch++) {
            List<BatchLosses> batches = epochs.get(epoch);
            if (batches == null) {
                complaints.add("batches", "epoch " + epoch + " is missing");
            } else {
                batchesOnce(epoch, batches, size);
            }
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
                complaints.add("batches", "epoch " + epoch + ", batch " + batch + " is trained " + trained + " times");
            }
        }
        if (twice > 0) {
            complaints.add("batches", "epoch " + epoch + " trains " + twice + " examples again");
        }
        int kept = kept(epoch);
        if (examples.size() != kept) {
            complaints.add(
                    "batches",
                    "epoch " + epoch + " trains on " + examples.size() + " examples of " + kept + " that it keeps");
        }
        if (last + 1 != (kept + size - 1) / size) {
            complaints.add(
                    "batches", "epoch " + epoch + " ends with batch " + last + " of " + (kept + size - 1) / size);
        }
    }

    private int kept(int epoch) {
        return survivors.surviving().stream()
                .map(Entry::message)
                .filter(message ->
                        message.hasEpochOpened() && message.getEpochOpened().getEpoch() == epoch)
                .map(message -> survivors.answers().get(new Question(message.getAttempt(), epoch, -1)))
                .mapToInt(answer -> answer == null ? 0 : answer.getEpochMask().getKeptCount())
                .findFirst()
                .orElse(0);
    }

    private void sameAnnouncements() {
        List<LossMessage> ours = settled(survivors.surviving().stream().map(entry -> bare(entry.message())));
        List<LossMessage> theirs = settled(reference.losses().stream().map(LossChecks::bare));
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                complaints.add(
                        "announcements",
                        words(ours.get(i)) + " differs from the undisturbed run there: "
                                + difference(ours.get(i), theirs.get(i)));
            }
        }
        if (ours.size() != theirs.size()) {
            complaints.add("announcements", "there are " + ours.size() + ", in the undisturbed run " + theirs.size());
        }
    }

    /**
     * Returns the messages with each step before the batches without losses that it is among. The undisturbed run announces such
     * batches one by one, a span announces them later, and no mask depends on that.
     */
    private static List<LossMessage> settled(Stream<LossMessage> log) {
        List<LossMessage> settled = new ArrayList<>();
        List<LossMessage> batches = new ArrayList<>();
        log.forEach(message -> {
            if (message.hasBatchLosses() && message.getBatchLosses().getLossesCount() == 0) {
                batches.add(message);
                return;
            }
            if (!message.hasTrainedLosses()) {
                settled.addAll(batches);
                batches.clear();
            }
            settled.add(message);
        });
        settled.addAll(batches);
        return settled;
    }

    /** Removes what a resumed attempt may repeat or leave out. */
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
        BatchLosses a = ours.getBatchLosses();
        BatchLosses b = theirs.getBatchLosses();
        if (ours.getEventCase() != theirs.getEventCase()
                || a.getEpoch() != b.getEpoch()
                || a.getBatch() != b.getBatch()) {
            return words(theirs);
        }
        if (!a.getIndicesList().equals(b.getIndicesList())) {
            return "other examples";
        }
        if (!a.getLossesList().equals(b.getLossesList())) {
            return "other losses";
        }
        return a.getRevision() != b.getRevision() ? "another revision" : "another content";
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

    /** A lower attempt may still write what was in flight; it is answered with Fenced, and must then write nothing more. */
    private void fencedKeepQuiet() {
        Map<Long, Long> fencedAt = new HashMap<>();
        for (Entry<MaskMessage> mask : recording.masks()) {
            if (mask.message().hasFenced()) {
                fencedAt.putIfAbsent(mask.message().getAttempt(), mask.millis());
            }
        }
        for (Entry<LossMessage> late : survivors.late()) {
            long attempt = late.message().getAttempt();
            Long fenced = fencedAt.get(attempt);
            String why = null;
            if (!survivors.attempts().contains(attempt)) {
                why = "and was never opened";
            } else if (fenced == null && !late.message().hasAttemptClosed()) {
                why = "after a higher one had opened, and was not fenced";
            } else if (fenced != null && late.millis() > fenced + FENCED_WITHIN_MILLIS) {
                why = "after it was fenced";
            }
            if (why != null) {
                complaints.add(
                        "fencing",
                        "attempt " + attempt + " wrote batch-losses@" + late.offset() + " (" + words(late.message())
                                + ") " + why);
            }
        }
    }
}
