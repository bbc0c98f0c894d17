package org.dietsb.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.train.TrainingOrder;

/** Rounds on one system: each begins when everything is well, and ends with a verdict. */
final class Harness implements AutoCloseable {
    private static final Duration UNTIL_SCORED = Duration.ofMinutes(3);

    private final FaultySystem system;
    private final Topics topics;
    private final ReferenceRun references;
    private final String scoreSet;
    private final String recorded;

    /** Starts the system and has it score and record once. */
    Harness() throws DatasetException {
        system = FaultySystem.start();
        try {
            topics = new Topics(system.bootstrapServers());
            references = new ReferenceRun(
                    TrainerDevice.of("cpu", FaultySystem.THREADS),
                    new DatasetCatalog(system.folder().resolve("home"))
                            .open(Workload.DATASET, null, Workload.EXAMPLES));
            scoreSet = score();
            recorded = record();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            system.close();
            throw new IllegalStateException(interrupted);
        } catch (RuntimeException | DatasetException failed) {
            system.keep();
            system.close();
            throw failed;
        }
    }

    /** Undisturbed. */
    private String score() {
        ServiceProcess scorer =
                system.answering("scorer").orElseThrow(() -> new IllegalStateException("no scorer is there"));
        JsonNode unused = scorer.post("/scorings", Workload.scoring("scores-before"));
        long begun = System.nanoTime();
        while (!topics.scores().containsKey("scores-before")) {
            if (System.nanoTime() - begun > UNTIL_SCORED.toNanos()) {
                throw new IllegalStateException(
                        "waited " + UNTIL_SCORED.toSeconds() + " s for scores: " + scorer.get("/scorings"));
            }
            topics.poll(Duration.ofMillis(100));
        }
        return "scores-before";
    }

    /** A run whose masks are replayed later, undisturbed too. */
    private String record() throws InterruptedException {
        String id = "recorded-before";
        List<String> complaints =
                undisturbed(new Workload(id, 1, Plan.recorded()), List.of()).complaints();
        if (!complaints.isEmpty()) {
            throw new IllegalStateException("run " + id + ": " + complaints);
        }
        return id;
    }

    /**
     * A round.
     *
     * @param number it is called so
     * @param seed all that is drawn in it follows from it
     */
    Verdict round(int number, long seed) throws InterruptedException {
        return round(number, Plan.of(seed, scoreSet, recorded));
    }

    /** A round by this plan. */
    Verdict round(int number, Plan plan) throws InterruptedException {
        long begun = System.nanoTime();
        Workload workload =
                new Workload("round-" + number + "-" + Long.toHexString(plan.seed()), plan.seed(), plan.first());
        Round round = new Round(system, topics, plan, workload);
        List<String> complaints;
        Optional<Recorded> recorded = Optional.empty();
        try {
            recorded = Optional.of(record(round, workload));
            complaints = new ArrayList<>(recorded.get().complaints());
            if (plan.scores() && !sameScores(round.scoreSet())) {
                complaints.add("scores: those of the round are not those of an undisturbed scoring");
            }
        } catch (RuntimeException failed) {
            complaints = List.of("harness: " + failed);
        }
        if (!complaints.isEmpty()) {
            system.keep();
        }
        String kind = plan.first().kind().label();
        String policies = Stream.concat(
                        Stream.of(plan.first().proxy() == null ? kind : kind + " by a proxy"),
                        plan.swaps().stream().map(Plan.Swap::words))
                .collect(Collectors.joining(" -> "));
        Optional<Recording> recording = recorded.map(Recorded::recording);
        Optional<Survivors> survivors = recorded.map(Recorded::survivors);
        return new Verdict(
                number,
                plan.seed(),
                policies,
                round.injected(),
                standstills(round.injected(), recording),
                topics.batches(workload.runId()),
                survivors.map(all -> all.attempts().size()).orElse(0),
                recording.map(Harness::doubles).orElse(0),
                survivors.map(all -> all.late().size()).orElse(0),
                (System.nanoTime() - begun) / 1e9,
                complaints);
    }

    private static List<Double> standstills(List<Injected> injected, Optional<Recording> recording) {
        List<Double> standstills = new ArrayList<>();
        for (int i = 0; i < injected.size(); i++) {
            Injected fault = injected.get(i);
            long next = i + 1 < injected.size() ? injected.get(i + 1).atMillis() : Long.MAX_VALUE;
            OptionalDouble seconds =
                    recording.map(of -> fault.standstillSeconds(of, next)).orElse(OptionalDouble.empty());
            standstills.add(seconds.orElse(Double.NaN));
        }
        return standstills;
    }

    private boolean sameScores(String another) {
        ScoreSet before = Objects.requireNonNull(topics.scores().get(scoreSet));
        ScoreSet since = Objects.requireNonNull(topics.scores().get(another));
        return Arrays.equals(before.scores(), since.scores()) && Arrays.equals(before.labels(), since.labels());
    }

    /** What a round left, and what is wrong with it. */
    record Recorded(Recording recording, Survivors survivors, Reference reference, List<String> complaints) {}

    private Recorded record(Round round, Workload workload) throws InterruptedException {
        Recording recording = round.run();
        List<TrainingOrder> parts = workload.parts();
        Recorded judged = judged(recording, parts.get(0));
        for (TrainingOrder proxy : parts.subList(1, parts.size())) {
            judged(round.recording(proxy.runId()), proxy).complaints().forEach(complaint -> judged.complaints()
                    .add("proxy: " + complaint));
        }
        return judged;
    }

    /** An undisturbed run, through the whole system. */
    Recorded undisturbed(Workload workload, List<Plan.Swap> swaps) throws InterruptedException {
        Plan plan = new Plan(workload.seed(), workload.policy(), swaps, List.of(), false);
        return record(new Round(system, topics, plan, workload), workload);
    }

    private Recorded judged(Recording recording, TrainingOrder order) throws InterruptedException {
        Lookups lookups = topics.lookups();
        Survivors survivors = Survivors.of(recording.losses(), lookups);
        Reference reference = references.run(order, survivors, lookups);
        List<String> complaints = new ArrayList<>(Checker.check(recording, reference, lookups));
        complaints.addAll(
                Lookups.check(survivors, lookups.masks().getOrDefault(order.runId(), Collections.emptySortedMap())));
        return new Recorded(recording, survivors, reference, complaints);
    }

    /** Masks beyond the first for the same question. */
    private static int doubles(Recording recording) {
        List<Survivors.Asked> asked = new ArrayList<>();
        recording.masks().forEach(entry -> {
            if (entry.message().hasBatchMask()) {
                asked.add(new Survivors.Asked(
                        entry.message().getAttempt(),
                        entry.message().getBatchMask().getEpoch(),
                        entry.message().getBatchMask().getBatch()));
            }
        });
        return (int) (asked.size() - asked.stream().distinct().count());
    }

    Lookups lookups() {
        return topics.lookups();
    }

    /** The run whose masks may be replayed. */
    String recorded() {
        return recorded;
    }

    String scoreSet() {
        return scoreSet;
    }

    @Override
    public void close() {
        topics.close();
        system.close();
    }
}
