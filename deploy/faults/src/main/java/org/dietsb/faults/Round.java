package org.dietsb.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.dietsb.faults.log.Recording;
import org.dietsb.faults.log.Topics;
import org.dietsb.faults.plan.Fault;
import org.dietsb.faults.plan.Plan;
import org.dietsb.faults.plan.Workload;
import org.dietsb.faults.system.FaultySystem;
import org.dietsb.faults.system.Part;
import org.dietsb.faults.system.ServicePart;
import org.dietsb.launcher.system.ServiceProcess;
import org.dietsb.launcher.text.UserError;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.Run;

/** A run with the faults of a plan, until the run is over and the system is healthy again. */
final class Round {
    private static final Duration UNTIL_OVER = Duration.ofMinutes(5);
    private static final Duration UNTIL_SWAPPED = Duration.ofMinutes(3);
    private static final Duration UNTIL_READ = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(20);
    /** Time in which a part that continued late writes its last messages. */
    private static final long LAST_WORDS_MILLIS = 2_000;

    private final FaultySystem system;
    private final Topics topics;
    private final Plan plan;
    private final Workload workload;
    private final int deadLettersBefore;
    private final List<Injected> injected = new ArrayList<>();
    private final List<Held> held = new ArrayList<>();

    /** A fault that is not over yet. */
    private record Held(Fault fault, Part part, long untilNanos) {}

    Round(FaultySystem system, Topics topics, Plan plan, Workload workload) {
        this.system = system;
        this.topics = topics;
        this.plan = plan;
        this.workload = workload;
        this.deadLettersBefore = topics.deadLetters();
    }

    /**
     * Runs it.
     *
     * @throws IllegalStateException if it does not end in time
     */
    Recording run() {
        long begun = System.nanoTime();
        order();
        Deque<Fault> faults = new ArrayDeque<>(plan.faults());
        Deque<Plan.Swap> swaps = new ArrayDeque<>(plan.swaps());
        CompletableFuture<Boolean> swapping = CompletableFuture.completedFuture(true);
        try {
            while (!isOver()) {
                if (System.nanoTime() - begun > UNTIL_OVER.toNanos()) {
                    throw new IllegalStateException("waited " + UNTIL_OVER.toSeconds() + " s for run "
                            + workload.runId() + (plan.scores() ? " and its scoring" : "") + " to end: "
                            + topics.batches(workload.runId()) + " batches are announced, its state is "
                            + topics.run(workload.runId())
                                    .map(run -> run.getState().toString())
                                    .orElse("not begun"));
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
            held.forEach(one -> one.part.heal(one.fault.kind()));
            held.clear();
        }
        revive();
        system.awaitHealthy();
        FaultySystem.pause(LAST_WORDS_MILLIS);
        topics.readToTheEnd(UNTIL_READ);
        return recording(workload.runId());
    }

    /** Returns the messages of a run of this round, which is over. */
    Recording recording(String runId) {
        return topics.recording(runId, deadLettersBefore);
    }

    List<Injected> injected() {
        return List.copyOf(injected);
    }

    private void order() {
        var unused = system.answering("trainer").post("/runs", workload.json());
        if (plan.scores()) {
            unused = system.answering("scorer").post("/scorings", Workload.scoring(scoreSet()));
        }
    }

    /** Returns the id of its scoring, if its plan has one. */
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

    /** Orders the next swap if it is due, in the background, because a selector that is cut off does not answer. */
    private CompletableFuture<Boolean> swapped(
            Deque<Plan.Swap> swaps, int batches, CompletableFuture<Boolean> swapping) {
        Plan.Swap next = swaps.peek();
        if (next == null || batches < next.atBatch() || !swapping.isDone()) {
            return swapping;
        }
        swaps.remove();
        return CompletableFuture.supplyAsync(() -> swap(next)).whenComplete((done, failed) -> {
            if (!Boolean.TRUE.equals(done)) {
                System.out.println("no selector accepted the policy of batch " + next.atBatch());
            }
        });
    }

    private boolean swap(Plan.Swap swap) {
        String path = "/runs/" + workload.runId() + "/policy";
        String query = "?who=faults" + (swap.forAnEpoch() ? "&forEpochs=1" : "");
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < UNTIL_SWAPPED.toNanos()) {
            for (ServicePart selector : system.services("selector")) {
                Optional<ServiceProcess> answering = selector.answering();
                try {
                    if (answering.isPresent()) {
                        JsonNode unused = answering.get().put(path, query, Workload.json(swap.policy()));
                        return true;
                    }
                } catch (UserError notNow) {
                    // It is dying, or cut off: try the other selector, or again.
                }
            }
            FaultySystem.pause(100);
        }
        return false;
    }

    /** Returns false if the fault must wait until its part is up again. */
    private boolean strike(Fault fault) {
        // A run with a proxy has two trainers, which are struck alike.
        List<TrainingOrder> parts = workload.parts();
        Part part = system.holder(
                fault.where(), parts.get(fault.atBatch() % parts.size()).runId());
        if (!part.isReady()) {
            return false;
        }
        injected.add(new Injected(fault, part.name(), System.currentTimeMillis(), null));
        part.strike(fault.kind());
        held.add(new Held(fault, part, System.nanoTime() + fault.hold().toNanos()));
        return true;
    }

    private void healThoseDue() {
        for (Held one : List.copyOf(held)) {
            boolean ended = one.fault.kind() != Fault.Kind.RESTART || !one.part.isAlive();
            if (System.nanoTime() >= one.untilNanos && ended) {
                held.remove(one);
                one.part.heal(one.fault.kind());
            }
        }
    }

    /** Starts the services that were still about to end. */
    private void revive() {
        for (ServicePart part : system.services()) {
            long begun = System.nanoTime();
            while (part.isAlive() && !part.isReady()) {
                if (System.nanoTime() - begun > UNTIL_READ.toNanos()) {
                    throw new IllegalStateException("waited " + UNTIL_READ.toSeconds() + " s for " + part.standing());
                }
                FaultySystem.pause(100);
            }
            if (!part.isAlive()) {
                part.start();
            }
        }
    }
}
