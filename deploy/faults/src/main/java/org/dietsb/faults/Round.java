package org.dietsb.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.launcher.text.UserError;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.Run;
import org.jspecify.annotations.Nullable;

/** A run that a plan's faults befall, until it is over and everything is well again. */
final class Round {
    private static final Duration UNTIL_OVER = Duration.ofMinutes(5);
    private static final Duration UNTIL_SWAPPED = Duration.ofMinutes(3);
    private static final Duration UNTIL_READ = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    /** What a part that went on late still has to say, is said by then. */
    private static final long LAST_WORDS_MILLIS = 2_000;

    private final FaultySystem system;
    private final Topics topics;
    private final Plan plan;
    private final Workload workload;
    private final List<Injected> injected = new ArrayList<>();
    private int deadLettersBefore;
    private final List<Held> held = new ArrayList<>();

    /** A fault that is not over yet. */
    private record Held(Fault fault, @Nullable Part part, long untilNanos) {}

    Round(FaultySystem system, Topics topics, Plan plan, Workload workload) {
        this.system = system;
        this.topics = topics;
        this.plan = plan;
        this.workload = workload;
    }

    /**
     * Runs it.
     *
     * @throws IllegalStateException saying what was waited for in vain
     */
    Recording run() {
        int deadLetters = topics.deadLetters();
        long begun = System.nanoTime();
        order();
        Deque<Fault> faults = new ArrayDeque<>(plan.faults());
        Deque<Plan.Swap> swaps = new ArrayDeque<>(plan.swaps());
        CompletableFuture<Boolean> swapping = CompletableFuture.completedFuture(true);
        try {
            while (!isOver()) {
                if (System.nanoTime() - begun > UNTIL_OVER.toNanos()) {
                    throw new IllegalStateException(String.format(
                            Locale.ROOT,
                            "waited %d s for run %s to be over%s: %d batches of it are announced, it is %s",
                            UNTIL_OVER.toSeconds(),
                            workload.runId(),
                            plan.scores() ? " and for its scoring" : "",
                            topics.batches(workload.runId()),
                            topics.run(workload.runId())
                                    .map(run -> run.getState().toString())
                                    .orElse("not begun")));
                }
                topics.poll(POLL);
                int batches = topics.batches(workload.runId());
                healThoseDue();
                Fault fault = faults.peek();
                if (fault != null && batches >= fault.atBatch() && strike(fault)) {
                    faults.remove();
                }
                swapping = swapped(swaps, batches, swapping);
            }
        } finally {
            held.forEach(this::heal);
            held.clear();
        }
        revive();
        system.awaitHealthy();
        FaultySystem.pause(LAST_WORDS_MILLIS);
        topics.readToTheEnd(UNTIL_READ);
        deadLettersBefore = deadLetters;
        return recording(workload.runId());
    }

    /** What was said of a run of this round, which is over. */
    Recording recording(String runId) {
        return topics.recording(runId, deadLettersBefore);
    }

    List<Injected> injected() {
        return List.copyOf(injected);
    }

    private void order() {
        ServiceProcess trainer =
                system.answering("trainer").orElseThrow(() -> new IllegalStateException("no trainer is there"));
        var unused = trainer.post("/runs", workload.json());
        if (plan.scores()) {
            ServiceProcess scorer =
                    system.answering("scorer").orElseThrow(() -> new IllegalStateException("no scorer is there"));
            unused = scorer.post("/scorings", Workload.scoring(scoreSet()));
        }
    }

    /** That it has scored, if its plan says so. */
    String scoreSet() {
        return "scores-of-" + workload.runId();
    }

    private boolean isOver() {
        return workload.parts().stream().allMatch(part -> isOver(part.runId()))
                && (!plan.scores() || topics.scores().containsKey(scoreSet()));
    }

    private boolean isOver(String runId) {
        return topics.run(runId)
                .map(Run::getState)
                .filter(state ->
                        state == Run.State.COMPLETED || state == Run.State.FAILED || state == Run.State.CANCELLED)
                .isPresent();
    }

    /** Orders the next swap if it is due, beside the loop: a selector that is cut off lets one wait. */
    private CompletableFuture<Boolean> swapped(
            Deque<Plan.Swap> swaps, int batches, CompletableFuture<Boolean> swapping) {
        Plan.Swap next = swaps.peek();
        if (next == null || batches < next.atBatch() || !swapping.isDone()) {
            return swapping;
        }
        swaps.remove();
        return CompletableFuture.supplyAsync(() -> swap(next)).whenComplete((done, failed) -> {
            if (!Boolean.TRUE.equals(done)) {
                System.out.println("no selector took the policy of batch " + next.atBatch());
            }
        });
    }

    private boolean swap(Plan.Swap swap) {
        String path = "/runs/" + workload.runId() + "/policy";
        String query = "?who=faults" + (swap.forAnEpoch() ? "&forEpochs=1" : "");
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < UNTIL_SWAPPED.toNanos()) {
            for (Part selector : system.parts("selector")) {
                Optional<ServiceProcess> answering = selector.answering();
                try {
                    if (answering.isPresent()) {
                        JsonNode unused = answering.get().put(path, query, Workload.json(swap.policy()));
                        return true;
                    }
                } catch (UserError notNow) {
                    // It is dying, or cut off: the other one, or again.
                }
            }
            FaultySystem.pause(100);
        }
        return false;
    }

    /** False if it must wait until its part is up again. */
    private boolean strike(Fault fault) {
        if (fault.where() == Fault.Where.BROKER) {
            if (held.stream().anyMatch(one -> one.fault.where() == Fault.Where.BROKER)) {
                return false;
            }
            injected.add(new Injected(fault, "broker", System.currentTimeMillis()));
            BrokerPart broker = system.broker();
            switch (fault.kind()) {
                case KILL -> broker.kill();
                case STOP -> broker.stop();
                case RESTART -> broker.terminate();
                case CUT -> broker.wires().forEach(Wire::cut);
            }
            hold(fault, null);
            return true;
        }
        // Of a run with a proxy, either.
        List<TrainingOrder> parts = workload.parts();
        Part part = system.holder(
                fault.where(), parts.get(fault.atBatch() % parts.size()).runId());
        if (!part.isReady()) {
            return false;
        }
        injected.add(new Injected(fault, part.name(), System.currentTimeMillis()));
        switch (fault.kind()) {
            case KILL -> part.kill();
            case STOP -> part.stop();
            case RESTART -> part.terminate();
            case CUT -> system.broker().wire(part.name()).cut();
        }
        hold(fault, part);
        return true;
    }

    private void hold(Fault fault, @Nullable Part part) {
        held.add(new Held(fault, part, System.nanoTime() + fault.hold().toNanos()));
    }

    private void healThoseDue() {
        for (Held one : List.copyOf(held)) {
            boolean ended = one.fault.kind() != Fault.Kind.RESTART || one.part == null || !one.part.isAlive();
            if (System.nanoTime() >= one.untilNanos && ended) {
                held.remove(one);
                heal(one);
            }
        }
    }

    private void heal(Held one) {
        Part part = one.part;
        BrokerPart broker = system.broker();
        switch (one.fault.kind()) {
            case STOP -> {
                if (part == null) {
                    broker.goOn();
                } else {
                    part.goOn();
                }
            }
            case CUT -> {
                if (part == null) {
                    broker.wires().forEach(Wire::mend);
                } else {
                    broker.wire(part.name()).mend();
                }
            }
            case KILL, RESTART -> {
                if (part == null) {
                    broker.start();
                } else if (!part.isAlive()) {
                    part.start();
                }
            }
        }
    }

    /** Those that were still on their way to their end. */
    private void revive() {
        for (String kind : List.of("selector", "trainer", "scorer")) {
            for (Part part : system.parts(kind)) {
                long begun = System.nanoTime();
                while (part.isAlive() && !part.isReady()) {
                    if (System.nanoTime() - begun > UNTIL_READ.toNanos()) {
                        throw new IllegalStateException(
                                "waited " + UNTIL_READ.toSeconds() + " s for " + part.standing());
                    }
                    FaultySystem.pause(100);
                }
                if (!part.isAlive()) {
                    part.start();
                }
            }
        }
    }
}
