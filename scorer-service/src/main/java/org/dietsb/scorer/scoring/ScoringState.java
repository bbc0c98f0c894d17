package org.dietsb.scorer.scoring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.dietsb.contracts.Sha256;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.Run;
import org.jspecify.annotations.Nullable;

/**
 * A scoring and its members, and the duties that follow from them.
 *
 * @param failure reason, if it failed
 * @param done its score set, if it completed; neither failure nor score set means that it is running
 * @param reports of its members, by run id
 * @param runs of all members of all scorings, by run id
 * @param ordered run ids of all members that were ordered
 */
record ScoringState(
        String id,
        ScoringRequested asked,
        @Nullable String failure,
        ScoreSet.@Nullable Manifest done,
        Map<String, Member> reports,
        Map<String, Run> runs,
        Set<String> ordered) {

    boolean isRunning() {
        return failure == null && done == null;
    }

    /**
     * Returns the duties of a running scoring.
     *
     * @param mayOrder whether this scorer orders members that nobody ordered
     */
    List<Duty> due(Instant now, boolean mayOrder) {
        Optional<String> reason = reasonToFail();
        if (reason.isPresent()) {
            return List.of(new Duty.Fail(id, reason.get()));
        }
        List<Member.Report> complete = complete();
        if (complete.size() == asked.getMembers()) {
            return List.of(new Duty.Publish(scoreSet(complete, now)));
        }
        List<Duty> orders = new ArrayList<>();
        for (int member = 0; mayOrder && member < asked.getMembers(); member++) {
            String runId = asked.getMemberRunIds(member);
            if (!ordered.contains(runId) && !runs.containsKey(runId) && !reports.containsKey(runId)) {
                orders.add(new Duty.Order(ScoringPlan.order(id, asked, member)));
            }
        }
        return orders;
    }

    /** Returns the complete reports, in the order of the members. */
    private List<Member.Report> complete() {
        return asked.getMemberRunIdsList().stream()
                .flatMap(runId -> Optional.ofNullable(reports.get(runId)).stream())
                .flatMap(member -> member.report().stream())
                .toList();
    }

    /** Returns why the scoring can no longer complete. */
    private Optional<String> reasonToFail() {
        DatasetIdentity first = null;
        for (int m = 0; m < asked.getMembers(); m++) {
            String runId = asked.getMemberRunIds(m);
            Member member = reports.getOrDefault(runId, new Member());
            if (member.failure().isPresent()) {
                return Optional.of(
                        "member " + m + " failed: " + member.failure().get());
            }
            Run run = runs.getOrDefault(runId, Run.getDefaultInstance());
            if (member.report().isEmpty() && run.getState() == Run.State.FAILED) {
                return Optional.of("member " + m + " failed: " + run.getReason());
            }
            if (member.report().isEmpty() && run.getState() == Run.State.CANCELLED) {
                return Optional.of("member " + m + " was cancelled: " + run.getReason());
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
                        asked.getMembers(),
                        asked.getScoringEpochs(),
                        asked.getMemberSeedsList(),
                        scores.length,
                        Sha256.hex(scores),
                        ScoreSet.mean(scores),
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
        Scoring.State state = isRunning() ? Scoring.State.RUNNING : Scoring.State.FAILED;
        return new Scoring(
                id,
                id,
                done != null ? Scoring.State.COMPLETED : state,
                failure,
                asked.getMembers(),
                done != null ? asked.getMembers() : complete.size(),
                asked.getScoringEpochs(),
                asked.getRecipe().getDataset().getName(),
                asked.getRecipe().getModel(),
                IntStream.range(0, asked.getMembers()).mapToObj(this::memberRun).toList(),
                done != null ? done.seconds() : seconds(complete),
                done != null ? done.examplesTrained() : examples(complete));
    }

    private Scoring.MemberRun memberRun(int member) {
        String runId = asked.getMemberRunIds(member);
        Run run = runs.getOrDefault(runId, Run.getDefaultInstance());
        boolean unseen = run.getState() == Run.State.STATE_UNSPECIFIED;
        return new Scoring.MemberRun(
                runId,
                member,
                asked.getMemberSeeds(member),
                unseen ? Run.State.QUEUED.name() : run.getState().name(),
                run.getEpochsCount(),
                run.getPosition().getBatch(),
                run.getPosition().getBatches());
    }
}
