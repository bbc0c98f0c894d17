package org.dietsb.scorer.scoring;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.Sha256;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.DatasetIdentity;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * Every scoring as the topics tell it, and what it calls for next. Nothing here is kept elsewhere: a new book that reads the
 * same topics, in whatever order among them, knows the same. Thread-safe.
 */
@Singleton
class ScoringBook {
    /** Of scorings and runs. */
    private static final int MOST_MEMBERS = 100;

    private final ScoreSets scoreSets;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, Map<String, Member>> reports = new HashMap<>();
    private final Map<String, Run> runs = new HashMap<>();
    private final Set<String> ordered = new HashSet<>();

    /** A scoring as topic el2n-scores has it: no failure and no score set means that it runs. */
    private record Entry(ScoringRequested asked, @Nullable String failure, ScoreSet.@Nullable Manifest done) {
        boolean runs() {
            return failure == null && done == null;
        }

        Scoring.State state() {
            if (done != null) {
                return Scoring.State.COMPLETED;
            }
            return failure != null ? Scoring.State.FAILED : Scoring.State.RUNNING;
        }
    }

    ScoringBook(ScoreSets scoreSets) {
        this.scoreSets = scoreSets;
    }

    /** Topic el2n-scores. */
    synchronized void read(ScoreMessage message) {
        String id = message.getScoreSet();
        if (message.getEventCase() != ScoreMessage.EventCase.EVENT_NOT_SET) {
            RunId.check("id", id);
        }
        switch (message.getEventCase()) {
            case REQUESTED -> {
                check(message.getRequested());
                // Taken out first: a scoring that begins anew is the newest.
                entries.remove(id);
                entries.put(id, new Entry(message.getRequested(), null, null));
                reports.getOrDefault(id, Map.of())
                        .keySet()
                        .retainAll(Set.copyOf(message.getRequested().getMemberRunIdsList()));
                scoreSets.begin(id);
            }
            case CHUNK -> scoreSets.add(id, message.getChunk());
            case MANIFEST -> {
                ScoreSets.Finished finished = scoreSets.finish(id, message.getManifest());
                if (finished instanceof ScoreSets.Finished.Whole whole) {
                    end(id, null, whole.set().manifest());
                } else if (finished instanceof ScoreSets.Finished.Damaged damaged) {
                    end(id, "score set is damaged: " + damaged.reason(), null);
                }
            }
            case FAILED -> end(id, message.getFailed().getReason(), null);
            case EVENT_NOT_SET -> {
                // Of a later version: nothing that this one knows.
            }
        }
    }

    /** What a scoring asks of its members must be there of each. */
    private static void check(ScoringRequested asked) {
        int members = asked.getMembers();
        if (members < 1
                || members > MOST_MEMBERS
                || asked.getMemberRunIdsCount() != members
                || asked.getMemberSeedsCount() != members) {
            throw new IllegalArgumentException(Integer.toUnsignedString(members) + " members with "
                    + asked.getMemberRunIdsCount() + " run ids and " + asked.getMemberSeedsCount()
                    + " seeds, allowed is [1, " + MOST_MEMBERS + "] of all three");
        }
        asked.getMemberRunIdsList().forEach(member -> RunId.check("id", member));
        if (asked.getScoringEpochs() < 1) {
            throw new IllegalArgumentException("scoringEpochs is " + Integer.toUnsignedString(asked.getScoringEpochs())
                    + ", allowed is 1 or more");
        }
    }

    private void end(String id, @Nullable String failure, ScoreSet.@Nullable Manifest done) {
        entries.computeIfPresent(id, (key, entry) -> new Entry(entry.asked(), failure, done));
        reports.remove(id);
    }

    /** Topic prediction-errors; chunks without flaw. */
    synchronized void read(PredictionErrors errors) {
        if (mayCount(errors.getScoringId(), errors.getRunId())) {
            member(errors.getScoringId(), errors.getRunId()).add(errors);
        }
    }

    /** Topic prediction-errors. */
    synchronized void read(PredictionFailed failed) {
        if (mayCount(failed.getScoringId(), failed.getRunId())) {
            member(failed.getScoringId(), failed.getRunId()).fail(failed);
        }
    }

    /** False for members of a scoring that is over or began anew. One not heard of yet may come: topics are read apart. */
    private boolean mayCount(String id, String runId) {
        Entry entry = entries.get(id);
        return entry == null
                || (entry.runs() && entry.asked().getMemberRunIdsList().contains(runId));
    }

    private Member member(String id, String runId) {
        return reports.computeIfAbsent(id, key -> new HashMap<>()).computeIfAbsent(runId, key -> new Member());
    }

    /** Topic run-events. */
    synchronized void read(Run run) {
        if (run.getOrder().hasMember()) {
            RunId.check("id", run.getOrder().getRunId());
            runs.merge(
                    run.getOrder().getRunId(),
                    run,
                    (old, now) -> Long.compareUnsigned(now.getAttempt(), old.getAttempt()) >= 0 ? now : old);
        }
    }

    /** Topic training-orders. */
    synchronized void read(TrainingOrder order) {
        if (order.hasMember()) {
            RunId.check("id", order.getRunId());
            ordered.add(order.getRunId());
        }
    }

    synchronized Optional<ScoringRequested> asked(String id) {
        return Optional.ofNullable(entries.get(id)).map(Entry::asked);
    }

    synchronized Optional<Scoring> find(String id) {
        return Optional.ofNullable(entries.get(id)).map(entry -> view(id, entry));
    }

    /** Those that are whole, oldest first. */
    List<ScoreSet> scoreSets() {
        return scoreSets.all();
    }

    /** Oldest first. */
    synchronized List<Scoring> all() {
        return entries.entrySet().stream()
                .map(entry -> view(entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * What is to be done now.
     *
     * @param mine scorings whose request this scorer took: their members are ordered at once
     * @param orderGrace age from which on those of others are
     */
    synchronized List<Duty> due(Instant now, Set<String> mine, Duration orderGrace) {
        List<Duty> due = new ArrayList<>();
        entries.forEach((id, entry) -> {
            if (entry.runs()) {
                boolean mayOrder = mine.contains(id)
                        || now.toEpochMilli() - entry.asked().getEpochMillis() >= orderGrace.toMillis();
                due(id, entry.asked(), now, mayOrder, due);
            }
        });
        return due;
    }

    private void due(String id, ScoringRequested asked, Instant now, boolean mayOrder, List<Duty> due) {
        Map<String, Member> members = reports.getOrDefault(id, Map.of());
        Optional<String> failure = failure(asked, members);
        if (failure.isPresent()) {
            due.add(new Duty.Fail(id, failure.get()));
            return;
        }
        List<Member.Report> complete = asked.getMemberRunIdsList().stream()
                .map(members::get)
                .flatMap(member -> Optional.ofNullable(member).flatMap(Member::report).stream())
                .toList();
        if (complete.size() == asked.getMembers()) {
            due.add(new Duty.Publish(scoreSet(id, asked, complete, now)));
        } else if (mayOrder) {
            for (int member = 0; member < asked.getMembers(); member++) {
                String runId = asked.getMemberRunIds(member);
                if (!ordered.contains(runId) && !runs.containsKey(runId) && !members.containsKey(runId)) {
                    due.add(new Duty.Order(ScoringPlan.order(id, asked, member)));
                }
            }
        }
    }

    /** Why a scoring cannot end well any more. */
    private Optional<String> failure(ScoringRequested asked, Map<String, Member> members) {
        DatasetIdentity first = null;
        for (int m = 0; m < asked.getMembers(); m++) {
            String runId = asked.getMemberRunIds(m);
            Member member = members.get(runId);
            Run run = runs.getOrDefault(runId, Run.getDefaultInstance());
            if (member != null && member.failure().isPresent()) {
                return Optional.of(
                        "member " + m + " failed: " + member.failure().get());
            }
            boolean reported = member != null && member.report().isPresent();
            if (!reported && (run.getState() == Run.State.FAILED || run.getState() == Run.State.CANCELLED)) {
                return Optional.of("member " + m
                        + (run.getState() == Run.State.FAILED ? " failed: " : " was cancelled: ") + run.getReason());
            }
            if (member != null && member.dataset().isPresent()) {
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

    private static ScoreSet scoreSet(String id, ScoringRequested asked, List<Member.Report> reports, Instant now) {
        Member.Report first = reports.get(0);
        float[] scores =
                El2n.scores(reports.stream().map(Member.Report::errorNorms).toList());
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
                        reports.stream().mapToDouble(Member.Report::seconds).sum(),
                        reports.stream()
                                .mapToLong(Member.Report::examplesTrained)
                                .sum(),
                        now),
                scores,
                first.labels());
    }

    private Scoring view(String id, Entry entry) {
        ScoringRequested asked = entry.asked();
        Map<String, Member> members = reports.getOrDefault(id, Map.of());
        List<Member.Report> complete = members.values().stream()
                .flatMap(member -> member.report().stream())
                .toList();
        ScoreSet.Manifest done = entry.done();
        return new Scoring(
                id,
                id,
                entry.state(),
                entry.failure(),
                asked.getMembers(),
                done != null ? asked.getMembers() : complete.size(),
                asked.getScoringEpochs(),
                asked.getRecipe().getDataset().getName(),
                asked.getRecipe().getModel(),
                IntStream.range(0, asked.getMembers())
                        .mapToObj(member -> memberRun(asked, member))
                        .toList(),
                done != null
                        ? done.seconds()
                        : complete.stream().mapToDouble(Member.Report::seconds).sum(),
                done != null
                        ? done.examplesTrained()
                        : complete.stream()
                                .mapToLong(Member.Report::examplesTrained)
                                .sum());
    }

    private Scoring.MemberRun memberRun(ScoringRequested asked, int member) {
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
