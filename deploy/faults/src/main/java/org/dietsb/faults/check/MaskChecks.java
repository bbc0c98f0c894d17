package org.dietsb.faults.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.dietsb.faults.log.Entry;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.reference.LossState;
import org.dietsb.faults.reference.Question;
import org.dietsb.faults.reference.Reference;
import org.dietsb.faults.reference.Survivors;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SelectorState;
import org.dietsb.trainer.wire.LossMessage;

/** Checks the messages of topic backprop-masks. */
record MaskChecks(Recording recording, Survivors survivors, Reference reference, Complaints complaints) {
    void check() {
        sameMasks();
        sameStates();
    }

    private void sameMasks() {
        Set<Question> answered = new HashSet<>();
        for (Entry<MaskMessage> mask : recording.masks()) {
            if (mask.message().hasRefused()) {
                complaints.add(
                        "masks",
                        "attempt " + mask.message().getAttempt() + " is refused: "
                                + mask.message().getRefused().getReason());
            }
            Question.of(mask.message()).ifPresent(question -> {
                answered.add(question);
                compare(question, mask);
            });
        }
        for (Entry<LossMessage> entry : survivors.surviving()) {
            Question.of(entry.message())
                    .filter(question -> !answered.contains(question))
                    .ifPresent(question -> complaints.add("masks", "no mask for " + question));
        }
        List<MaskMessage> ours = survivors.surviving().stream()
                .flatMap(entry -> Question.of(entry.message()).stream())
                .flatMap(question -> Optional.ofNullable(survivors.answers().get(question)).stream())
                .map(mask -> mask.toBuilder().clearAttempt().clearRunId().build())
                .toList();
        if (!ours.equals(reference.masks())) {
            complaints.add("masks", "those that survive are not those of the undisturbed run");
        }
    }

    private void compare(Question question, Entry<MaskMessage> answer) {
        Entry<LossMessage> asked = survivors.questions().get(question);
        MaskMessage due = survivors.answers().get(question);
        if (asked == null || due == null) {
            complaints.add("masks", "a mask for " + question + ", which was not asked for");
            return;
        }
        String mask = "the mask for " + question;
        if (asked.partition() != answer.partition()) {
            complaints.add(
                    "masks",
                    mask + " is on partition " + answer.partition() + ", its losses are on " + asked.partition());
        }
        MaskMessage is = answer.message();
        if (revision(is) != revision(due)) {
            complaints.add(
                    "masks",
                    mask + " is of revision " + revision(is) + ", the " + (is.hasBatchMask() ? "batch" : "epoch")
                            + " of revision " + revision(due));
        } else if (!is.getBatchMask().equals(due.getBatchMask())
                || !is.getEpochMask().equals(due.getEpochMask())) {
            complaints.add("masks", mask + " does not follow from the log: " + words(is) + ", expected " + words(due));
        }
    }

    private static long revision(MaskMessage mask) {
        return mask.hasBatchMask()
                ? mask.getBatchMask().getRevision()
                : mask.getEpochMask().getRevision();
    }

    private static String words(MaskMessage mask) {
        return mask.hasBatchMask()
                ? mask.getBatchMask().getSelectedCount() + " selected"
                : mask.getEpochMask().getKeptCount() + " kept";
    }

    /** Checks every state that the selector gave, each time. */
    private void sameStates() {
        Map<Question, List<SelectorState>> given = new HashMap<>();
        for (Entry<MaskMessage> entry : recording.masks()) {
            if (!entry.message().hasSelectorState()) {
                continue;
            }
            SelectorState part = entry.message().getSelectorState();
            Question question = new Question(entry.message().getAttempt(), part.getEpoch(), part.getBatch());
            List<SelectorState> parts = given.computeIfAbsent(question, key -> new ArrayList<>());
            if (part.getPart() == 0) {
                parts.clear();
            }
            parts.add(part);
            if (parts.size() < part.getParts() || part.getPart() != part.getParts() - 1) {
                continue;
            }
            LossState due = survivors.states().get(question);
            if (due == null) {
                complaints.add("states", "a state of " + question + ", which was not asked for");
            } else if (!LossState.of(parts, due.lastLosses().length).isSame(due)) {
                complaints.add("states", "the state of " + question + " does not follow from the log");
            }
        }
    }
}
