package org.dietsb.scorer.scoring;

import static org.dietsb.contracts.Bounds.require;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Sha256;
import org.dietsb.contracts.score.ScoreSetMessages;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSetWire;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Run;
import org.jspecify.annotations.Nullable;

/**
 * A scoring and its members, and the duties that follow from them.
 *
 * @param failed why it failed or was cancelled, if it was
 * @param done its score set, if it completed; neither this nor {@code failed} means that it is running
 * @param reports of its members, by run id
 * @param runs of all members of all scorings
 */
record ScoringState(
        String id,
        ScoringRequested asked,
        @Nullable ScoringFailed failed,
        ScoreSet.@Nullable Manifest done,
        Map<String, Member> reports,
        MemberRuns runs) {
    private static final int MOST_MEMBERS = 100;
    /** Time that a flawed chunk may take to come again without a flaw. */
    private static final Duration REPAIR = Duration.ofSeconds(2);

    static final Set<Run.State> OVER = Set.of(Run.State.COMPLETED, Run.State.FAILED, Run.State.CANCELLED);

    /** Checks that a request names a run id and a seed for each member. */
    static void check(ScoringRequested asked) {
        int members = asked.getMembers();
        if (members < 1
                || members > MOST_MEMBERS
                || asked.getMemberRunIdsCount() != members
                || asked.getMemberSeedsCount() != members) {
            throw new IllegalArgumentException(Integer.toUnsignedString(members) + " members with "
                    + asked.getMemberRunIdsCount() + " run ids and " + asked.getMemberSeedsCount()
                    + " seeds, allowed is [1, " + MOST_MEMBERS + "] of all three");
        }
        asked.getMemberRunIdsList().forEach(runId -> RunId.check("id", runId));
        require(
                asked.getScoringEpochs() >= 1,
                "scoringEpochs",
                Integer.toUnsignedString(asked.getScoringEpochs()),
                "1 or more");
    }

    boolean isRunning() {
        return failed == null && done == null;
    }

    /** Returns when it ended, in milliseconds since 1970; 0 if it is running. */
    long endedMillis() {
        if (done != null) {
            return done.at().toEpochMilli();
        }
        return failed == null ? 0 : failed.getEpochMillis();
    }

    /**
     * Returns the duties of a running scoring.
     *
     * @param mayOrder whether this scorer orders members that nobody ordered
     * @param grace time that the report of a completed member may take
     * @param missingSince since when a report is missing that should be there, by run id; updated
     */
    List<Duty> due(Instant now, boolean mayOrder, Duration grace, Map<String, Instant> missingSince) {
        Optional<String> reason = reasonToFail(now, grace, missingSince);
        if (reason.isPresent()) {
            return List.of(new Duty.Fail(id, reason.get()));
        }
        List<Member.Report> complete = complete();
        if (complete.size() == asked.getMembers()) {
            return List.of(new Duty.Publish(scoreSet(complete, now)));
        }
        if (asked.getForeign()) {
            return List.of();
        }
        List<Duty> orders = new ArrayList<>();
        for (int member = 0; mayOrder && member < asked.getMembers(); member++) {
            String runId = asked.getMemberRunIds(member);
            Run.State state = run(runId).getState();
            boolean begun = state != Run.State.QUEUED && state != Run.State.STATE_UNSPECIFIED;
            if (!runs.isOrdered(runId) && !begun && !reports.containsKey(runId)) {
                orders.add(new Duty.Order(ScoringPlan.order(id, asked, member)));
            }
        }
        return orders;
    }

    /** Returns the members that train on although the scoring has ended without scores, unless their end is requested already. */
    List<Duty.Cancel> cancellations(Instant now) {
        if (failed == null) {
            return List.of();
        }
        String reason = failed.getReason();
        return IntStream.range(0, asked.getMembers())
                .filter(member -> {
                    String runId = asked.getMemberRunIds(member);
                    return (runs.isOrdered(runId) || runs.knows(runId))
                            && !runs.isCancelled(runId)
                            && !OVER.contains(run(runId).getState());
                })
                .mapToObj(member -> cancellation(member, now, reason))
                .toList();
    }

    private Duty.Cancel cancellation(int member, Instant now, String reason) {
        Run run = run(asked.getMemberRunIds(member));
        boolean begun = run.getState() == Run.State.RUNNING;
        return new Duty.Cancel(
                asked.getMemberRunIds(member),
                run.getResumed(),
                begun
                        ? null
                        : run.toBuilder()
                                .setOrder(ScoringPlan.order(id, asked, member))
                                .setState(Run.State.CANCELLED)
                                .setReason("its scoring ended: " + reason)
                                .setQueuedMillis(
                                        run.getQueuedMillis() == 0 ? asked.getEpochMillis() : run.getQueuedMillis())
                                .setEndedMillis(now.toEpochMilli())
                                .build());
    }

    private Run run(String runId) {
        return runs.find(runId);
    }

    /** Returns the complete reports, in the order of the members. */
    private List<Member.Report> complete() {
        return asked.getMemberRunIdsList().stream()
                .flatMap(runId -> Optional.ofNullable(reports.get(runId)).stream())
                .flatMap(member -> member.report().stream())
                .toList();
    }

    /** Returns why the scoring can no longer complete. */
    private Optional<String> reasonToFail(Instant now, Duration grace, Map<String, Instant> missingSince) {
        DatasetIdentity first = null;
        for (int m = 0; m < asked.getMembers(); m++) {
            String runId = asked.getMemberRunIds(m);
            Member member = reports.getOrDefault(runId, new Member());
            if (member.failure().isPresent()) {
                return Optional.of(
                        "member " + m + " failed: " + member.failure().get());
            }
            Run run = run(runId);
            if (member.report().isEmpty() && run.getState() == Run.State.FAILED) {
                return Optional.of("member " + m + " failed: " + run.getReason());
            }
            if (member.report().isEmpty() && run.getState() == Run.State.CANCELLED) {
                return Optional.of("member " + m + " was cancelled: " + run.getReason());
            }
            // Members that are trained elsewhere are over when their scoring is told of.
            boolean completed = asked.getForeign() || run.getState() == Run.State.COMPLETED;
            if (member.report().isPresent() || !(completed || member.unusable().isPresent())) {
                missingSince.remove(runId);
            } else {
                Duration missing = Duration.between(missingSince.computeIfAbsent(runId, key -> now), now);
                if (member.unusable().isPresent() && (completed || missing.compareTo(REPAIR) >= 0)) {
                    return Optional.of("the report of member " + m + " cannot be used: "
                            + member.unusable().get());
                }
                if (missing.compareTo(grace) >= 0) {
                    return Optional.of("member " + m + " is completed, but its error norms have not arrived");
                }
            }
            if (member.dataset().isPresent()) {
                DatasetIdentity dataset = member.dataset().get();
                if (!member.isOfOneDataset() || (first != null && !first.equals(dataset))) {
                    return Optional.of("member " + m + " trained on another dataset than those before it: "
                            + dataset.getName() + ", " + dataset.getCount() + " examples, checksum "
                            + dataset.getChecksum());
                }
                first = dataset;
            }
        }
        return Optional.empty();
    }

    private ScoreSet scoreSet(List<Member.Report> complete, Instant now) {
        Member.Report first = complete.get(0);
        float[] scores =
                El2n.scores(complete.stream().map(Member.Report::errorNorms).toList());
        return new ScoreSet(
                new ScoreSet.Manifest(
                        id,
                        first.dataset().getName(),
                        first.dataset().getChecksum(),
                        first.dataset().getClasses(),
                        asked.getRecipe().getModel(),
                        ScoreSetWire.EL2N,
                        asked.getMembers(),
                        asked.getScoringEpochs(),
                        asked.getMemberSeedsList(),
                        scores.length,
                        Sha256.hex(scores),
                        ScoreSetMessages.mean(scores),
                        seconds(complete),
                        examples(complete),
                        now),
                scores,
                first.labels());
    }

    private static double seconds(List<Member.Report> complete) {
        return complete.stream().mapToDouble(Member.Report::seconds).sum();
    }

    private static long examples(List<Member.Report> complete) {
        return complete.stream().mapToLong(Member.Report::examplesTrained).sum();
    }

    /** Returns the scoring as REST shows it. */
    Scoring view() {
        List<Member.Report> complete = complete();
        return new Scoring(
                id,
                id,
                state(),
                failed == null ? null : failed.getReason(),
                asked.getMembers(),
                done != null ? asked.getMembers() : complete.size(),
                asked.getScoringEpochs(),
                asked.getRecipe().getDataset().getName(),
                asked.getRecipe().getModel(),
                IntStream.range(0, asked.getMembers()).mapToObj(this::memberRun).toList(),
                done != null ? done.seconds() : seconds(complete),
                done != null ? done.examplesTrained() : examples(complete));
    }

    Scoring.State state() {
        if (done != null) {
            return Scoring.State.COMPLETED;
        }
        if (failed == null) {
            return Scoring.State.RUNNING;
        }
        return failed.getCancelled() ? Scoring.State.CANCELLED : Scoring.State.FAILED;
    }

    private Run.State stateOfUnseen() {
        return asked.getForeign() ? Run.State.COMPLETED : Run.State.QUEUED;
    }

    private Scoring.MemberRun memberRun(int member) {
        String runId = asked.getMemberRunIds(member);
        Run run = run(runId);
        boolean unseen = run.getState() == Run.State.STATE_UNSPECIFIED;
        return new Scoring.MemberRun(
                runId,
                member,
                asked.getMemberSeeds(member),
                (unseen ? stateOfUnseen() : run.getState()).name(),
                run.getEpochsInParts(),
                run.getPosition().getBatch(),
                run.getPosition().getBatches());
    }
}
