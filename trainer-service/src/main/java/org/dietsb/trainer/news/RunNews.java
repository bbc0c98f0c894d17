package org.dietsb.trainer.news;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;

/**
 * Divides the run of one attempt into messages that a broker accepts, however many epochs, swaps and classes it has: parts of its long
 * lists, each written once, and the run with what comes after them. Not thread-safe.
 */
final class RunNews {
    /** Items in a part; about 200 kB of epochs with as many revisions as a message holds, 30 kB of usual ones. */
    static final int PART = 256;
    /** Maximum length of a reason, which may quote foreign text. */
    private static final int LONGEST_REASON = 4_000;

    private List<Run.PlacedPolicy> policies = List.of();
    private List<EpochFigures> epochs = List.of();
    private List<Run.KeptOfClass> classes = List.of();

    /** Returns the key of an attempt's run. */
    static String key(Run run) {
        return run.id() + "/" + (run.attempt() < 0 ? "queued" : run.attempt());
    }

    /** Returns the messages to be written now by their keys, in this order. */
    Map<String, RunEvent> of(Run run) {
        Map<String, RunEvent> messages = new LinkedHashMap<>();
        policies = parts(
                messages,
                run,
                "policies",
                policies,
                run.policies(),
                (part, one) -> part.addPolicies(RunWire.toWire(one)));
        epochs = parts(
                messages, run, "epochs", epochs, run.epochs(), (part, one) -> part.addEpochs(RunWire.toWire(one)));
        classes = parts(
                messages,
                run,
                "classes",
                classes,
                run.keptPerClass(),
                (part, one) -> part.addKeptPerClass(RunWire.toWire(one)));
        org.dietsb.trainer.wire.Run head = RunWire.toWire(run, policies.size(), epochs.size(), classes.size());
        if (head.getReason().length() > LONGEST_REASON) {
            head = head.toBuilder()
                    .setReason(head.getReason().substring(0, LONGEST_REASON) + "...")
                    .build();
        }
        messages.put(key(run), RunEvent.newBuilder().setRun(head).build());
        return messages;
    }

    /** Adds the parts that are complete now and were not written so; returns the items of all complete parts. */
    private static <T> List<T> parts(
            Map<String, RunEvent> messages,
            Run run,
            String name,
            List<T> written,
            List<T> now,
            BiConsumer<RunPart.Builder, T> add) {
        List<T> complete = List.copyOf(now.subList(0, now.size() - now.size() % PART));
        for (int first = 0; first < complete.size(); first += PART) {
            List<T> items = complete.subList(first, first + PART);
            if (first + PART <= written.size() && items.equals(written.subList(first, first + PART))) {
                continue;
            }
            RunPart.Builder part = RunPart.newBuilder()
                    .setRunId(run.id())
                    .setAttempt(Math.max(0, run.attempt()))
                    .setFirst(first);
            items.forEach(one -> add.accept(part, one));
            messages.put(
                    key(run) + "/" + name + "/" + first,
                    RunEvent.newBuilder().setPart(part).build());
        }
        return complete;
    }
}
