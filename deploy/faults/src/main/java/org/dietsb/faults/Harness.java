package org.dietsb.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.dietsb.faults.check.Checker;
import org.dietsb.faults.log.Lookups;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.log.Topics;
import org.dietsb.faults.plan.Plan;
import org.dietsb.faults.plan.Workload;
import org.dietsb.faults.reference.Question;
import org.dietsb.faults.reference.Reference;
import org.dietsb.faults.reference.ReferenceRun;
import org.dietsb.faults.reference.Survivors;
import org.dietsb.faults.system.FaultySystem;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.selector.diet.ScoreSet;
import org.dietsb.testbed.LocalTrainer;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.train.TrainingOrder;

/** Rounds on one system. Each begins when the system is healthy, and ends with a verdict. */
final class Harness implements AutoCloseable {
    private static final Duration UNTIL_SCORED = Duration.ofMinutes(3);

    private final FaultySystem system;
    private final Topics topics;
    private final LocalTrainer trainer;
    private final String scoreSet;
    private final String recorded;

    /** Starts the system, and lets it score and record once. */
    Harness() throws DatasetException {
        system = FaultySystem.start();
        try {
            topics = new Topics(system.bootstrapServers());
            trainer = new LocalTrainer(
                    TrainerDevice.of("cpu", FaultySystem.THREADS),
                    new DatasetCatalog(system.folder().resolve("home")).open(Workload.DATASET, null, Workload.EXAMPLES),
                    Precisions.both(Precision.FLOAT32));
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

    /** Scores without faults. */
    private String score() {
        String id = "scores-before";
        ServiceProcess scorer = system.answering("scorer");
        JsonNode unused = scorer.post("/scorings", Workload.scoring(id));
        long begun = System.nanoTime();
        while (!topics.scores().containsKey(id)) {
            if (System.nanoTime() - begun > UNTIL_SCORED.toNanos()) {
                throw new IllegalStateException(
                        "waited " + UNTIL_SCORED.toSeconds() + " s for scores: " + scorer.get("/scorings"));
            }
            topics.poll(Duration.ofMillis(100));
        }
        return id;
    }

    /** Runs, without faults, the run whose masks are replayed later. */
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
     * Runs a round.
     *
     * @param number names the round
     * @param seed determines everything that is drawn in it
     */
    Verdict round(int number, long seed) throws InterruptedException {
        long begun = System.nanoTime();
        Plan plan = Plan.of(seed, scoreSet, recorded);
        Workload workload = new Workload("round-" + number + "-" + Long.toHexString(seed), seed, plan.first());
        Round round = new Round(system, topics, plan, workload);
        List<String> complaints;
        Optional<Recorded> result = Optional.empty();
        try {
            result = Optional.of(record(round, workload));
            complaints = new ArrayList<>(result.get().complaints());
            if (plan.scores() && !sameScores(round.scoreSet())) {
                complaints.add("scores: those of the round are not those of an undisturbed scoring");
            }
        } catch (RuntimeException failed) {
            complaints = List.of("harness: " + failed);
        }
        if (!complaints.isEmpty()) {
            system.keep();
        }
        Optional<Survivors> survivors = result.map(Recorded::survivors);
        return new Verdict(
                number,
                seed,
                policies(plan),
                result.map(of -> standstills(round.injected(), of.recording())).orElse(round.injected()),
                topics.batches(workload.runId()),
                survivors.map(all -> all.attempts().size()).orElse(0),
                result.map(of -> doubles(of.recording())).orElse(0),
                survivors.map(all -> all.late().size()).orElse(0),
                (System.nanoTime() - begun) / 1e9,
                complaints);
    }

    private static String policies(Plan plan) {
        String first = plan.first().kind().label() + (plan.first().proxy() == null ? "" : " by a proxy");
        return Stream.concat(Stream.of(first), plan.swaps().stream().map(Plan.Swap::words))
                .collect(Collectors.joining(" -> "));
    }

    private static List<Injected> standstills(List<Injected> injected, Recording recording) {
        List<Injected> all = new ArrayList<>();
        for (int i = 0; i < injected.size(); i++) {
            long next = i + 1 < injected.size() ? injected.get(i + 1).atMillis() : Long.MAX_VALUE;
            all.add(injected.get(i).in(recording, next));
        }
        return all;
    }

    private boolean sameScores(String another) {
        ScoreSet before = Objects.requireNonNull(topics.scores().get(scoreSet));
        ScoreSet since = Objects.requireNonNull(topics.scores().get(another));
        return Arrays.equals(before.scores(), since.scores()) && Arrays.equals(before.labels(), since.labels());
    }

    /** The messages of a run, and what is wrong with them. */
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

    /** Runs a workload without faults, through the whole system. */
    Recorded undisturbed(Workload workload, List<Plan.Swap> swaps) throws InterruptedException {
        Plan plan = new Plan(workload.seed(), workload.policy(), swaps, List.of(), false);
        return record(new Round(system, topics, plan, workload), workload);
    }

    private Recorded judged(Recording recording, TrainingOrder order) throws InterruptedException {
        Lookups lookups = topics.lookups();
        Survivors survivors = Survivors.of(recording.losses(), lookups);
        Reference reference = ReferenceRun.run(trainer, order, survivors, lookups);
        List<String> complaints = new ArrayList<>(Checker.check(recording, reference, lookups));
        complaints.addAll(Checker.checkRecord(
                survivors, lookups.masks().getOrDefault(order.runId(), Collections.emptySortedMap())));
        return new Recorded(recording, survivors, reference, complaints);
    }

    /** Counts masks beyond the first for the same question. */
    private static int doubles(Recording recording) {
        List<Question> asked = recording.masks().stream()
                .filter(entry -> entry.message().hasBatchMask())
                .flatMap(entry -> Question.of(entry.message()).stream())
                .toList();
        return (int) (asked.size() - asked.stream().distinct().count());
    }

    Lookups lookups() {
        return topics.lookups();
    }

    /** Returns the id of the run whose masks can be replayed. */
    String recorded() {
        return recorded;
    }

    @Override
    public void close() {
        topics.close();
        system.close();
    }
}
