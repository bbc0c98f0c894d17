package org.dietsb.trainer.news;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.RunPart;
import org.jspecify.annotations.Nullable;

/**
 * Turns the states of the run of one attempt into messages: only what changed since the state before, however many epochs, swaps and
 * classes the run has. A run that is over is written whole once more, in few messages, so that what was written of it before can be
 * deleted. Every message fits what a broker accepts. Thread-safe.
 */
final class RunNews {
    /** Items in a part at most; about 200 kB of epochs with as many revisions as a message holds, 30 kB of usual ones. */
    static final int PART = 256;
    /** Maximum length of a reason, which may quote foreign text. */
    private static final int LONGEST_REASON = 4_000;

    /** Keys of what is outdated when the run is over, in the order in which they were written first. */
    private final Set<String> passing = new LinkedHashSet<>();

    private List<Run.PlacedPolicy> policies = List.of();
    private List<EpochFigures> epochs = List.of();
    private List<Run.KeptOfClass> classes = List.of();
    /** The state that was written last; null if that is unknown. */
    private @Nullable Run last;
    /** How often everything had to be written again. */
    private int again;

    /** Returns the key of an attempt's run. */
    static String key(Run run) {
        return run.id() + "/" + (run.attempt() < 0 ? "queued" : run.attempt());
    }

    /** Notes that something was not stored: the next state is written whole, under keys of its own. */
    synchronized void writeAgain() {
        policies = List.of();
        epochs = List.of();
        classes = List.of();
        again += last == null ? 0 : 1;
        last = null;
    }

    /** Returns the messages to be written now by their keys, in this order. */
    synchronized Map<String, RunEvent> of(Run run) {
        Map<String, RunEvent> messages = new LinkedHashMap<>();
        if (run.state() != Run.State.RUNNING) {
            messages.putAll(whole(run));
        } else if (run.position() != null && last != null && last.equals(run.at(last.position()))) {
            messages.put(passing(key(run) + "/beat"), beat(run, run.position()));
        } else {
            String now = key(run) + "/now" + (again == 0 ? "" : again);
            policies = news(messages, now + "/policies/", run, policies, run.policies(), RunNews::addPolicy);
            epochs = news(messages, now + "/epochs/", run, epochs, run.epochs(), RunNews::addEpoch);
            classes = news(messages, now + "/classes/", run, classes, run.keptPerClass(), RunNews::addClass);
            messages.put(key(run), head(run, policies.size(), epochs.size(), classes.size()));
        }
        last = run;
        return messages;
    }

    /** Returns the keys to be deleted once the run is over and stored: the last first, so that no part is ever behind a gap. */
    synchronized List<String> passing() {
        List<String> keys = new ArrayList<>(passing);
        Collections.reverse(keys);
        return keys;
    }

    private String passing(String key) {
        passing.add(key);
        return key;
    }

    private static RunEvent beat(Run run, Run.Position position) {
        return RunEvent.newBuilder()
                .setBeat(Beat.newBuilder()
                        .setRunId(run.id())
                        .setAttempt(run.attempt())
                        .setPosition(RunWire.toWire(position)))
                .build();
    }

    /**
     * Adds the new items of a list, which usually come after the known ones; if not, those from the first changed part on. Returns the items
     * that are written now.
     */
    private <T> List<T> news(
            Map<String, RunEvent> messages,
            String prefix,
            Run run,
            List<T> written,
            List<T> now,
            BiConsumer<RunPart.Builder, T> add) {
        int from = equalItems(written, now);
        if (from < written.size()) {
            from -= from % PART;
        }
        for (int first = from; first < now.size(); first += PART) {
            messages.put(passing(prefix + first), part(run, now, first, add));
        }
        return now;
    }

    private static <T> int equalItems(List<T> one, List<T> other) {
        int most = Math.min(one.size(), other.size());
        int equal = 0;
        while (equal < most
                && (one.get(equal) == other.get(equal) || one.get(equal).equals(other.get(equal)))) {
            equal++;
        }
        return equal;
    }

    /** Returns the messages of a run that no trainer trains: the complete parts of its lists, then the run with what comes after them. */
    private static Map<String, RunEvent> whole(Run run) {
        Map<String, RunEvent> messages = new LinkedHashMap<>();
        int policies = parts(messages, "policies", run, run.policies(), RunNews::addPolicy);
        int epochs = parts(messages, "epochs", run, run.epochs(), RunNews::addEpoch);
        int classes = parts(messages, "classes", run, run.keptPerClass(), RunNews::addClass);
        messages.put(key(run), head(run, policies, epochs, classes));
        return messages;
    }

    private static <T> int parts(
            Map<String, RunEvent> messages, String name, Run run, List<T> items, BiConsumer<RunPart.Builder, T> add) {
        int complete = items.size() - items.size() % PART;
        for (int first = 0; first < complete; first += PART) {
            messages.put(key(run) + "/" + name + "/" + first, part(run, items, first, add));
        }
        return complete;
    }

    private static <T> RunEvent part(Run run, List<T> items, int first, BiConsumer<RunPart.Builder, T> add) {
        RunPart.Builder part = RunPart.newBuilder()
                .setRunId(run.id())
                .setAttempt(Math.max(0, run.attempt()))
                .setFirst(first);
        items.subList(first, Math.min(items.size(), first + PART)).forEach(one -> add.accept(part, one));
        return RunEvent.newBuilder().setPart(part).build();
    }

    private static void addPolicy(RunPart.Builder part, Run.PlacedPolicy placed) {
        part.addPolicies(RunWire.toWire(placed));
    }

    private static void addEpoch(RunPart.Builder part, EpochFigures epoch) {
        part.addEpochs(RunWire.toWire(epoch));
    }

    private static void addClass(RunPart.Builder part, Run.KeptOfClass kept) {
        part.addKeptPerClass(RunWire.toWire(kept));
    }

    private static RunEvent head(Run run, int policies, int epochs, int classes) {
        org.dietsb.trainer.wire.Run head = RunWire.toWire(run, policies, epochs, classes);
        if (head.getReason().length() > LONGEST_REASON) {
            head = head.toBuilder()
                    .setReason(head.getReason().substring(0, LONGEST_REASON) + "...")
                    .build();
        }
        return RunEvent.newBuilder().setRun(head).build();
    }
}
