package org.dietsb.scorer.scoring;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.dietsb.contracts.RunId;
import org.dietsb.scorer.scoreset.ScoreSet;
import org.dietsb.scorer.scoreset.ScoreSets;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.wire.Beat;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunPart;
import org.dietsb.trainer.wire.TrainingOrder;
import org.jspecify.annotations.Nullable;

/**
 * Every scoring, as read from the topics. Nothing here is kept elsewhere: a new book that reads the same topics, in whatever
 * order among them, has the same content. Thread-safe.
 */
@Singleton
class ScoringBook {
    /** End of the key of the last message of a score set. */
    private static final String ENDED = "/ended";

    private final ScoreSets scoreSets;
    private final Map<String, ScoringState> scorings = new LinkedHashMap<>();
    /** By scoring and run id; reports may arrive before their scoring, because topics are read independently. */
    private final Map<String, Map<String, Member>> reports = new HashMap<>();

    private final MemberRuns runs = new MemberRuns();
    private final AwaitingRuns awaiting = new AwaitingRuns();
    private final ScoreSetUses uses = new ScoreSetUses();
    /** By run id, since when a report is missing that should be there. */
    private final Map<String, Instant> missingSince = new HashMap<>();

    ScoringBook(ScoreSets scoreSets) {
        this.scoreSets = scoreSets;
    }

    /** Reads a message of topic el2n-scores. */
    synchronized void read(ScoreMessage message) {
        String id = message.getScoreSet();
        if (message.getEventCase() != ScoreMessage.EventCase.EVENT_NOT_SET) {
            RunId.check("id", id);
        }
        switch (message.getEventCase()) {
            case REQUESTED -> {
                ScoringRequested asked = message.getRequested();
                ScoringState.check(asked);
                Map<String, Member> members = reports.computeIfAbsent(id, key -> new HashMap<>());
                members.keySet().retainAll(Set.copyOf(asked.getMemberRunIdsList()));
                // Removed first, because a scoring that begins again is the newest.
                scorings.remove(id);
                scorings.put(id, new ScoringState(id, asked, null, null, members, runs));
                scoreSets.begin(id);
            }
            case CHUNK -> scoreSets.add(id, message.getChunk());
            case MANIFEST -> {
                ScoreSets.Finished finished = scoreSets.finish(id, message.getManifest());
                if (finished instanceof ScoreSets.Finished.Whole whole) {
                    end(id, null, whole.manifest());
                } else if (finished instanceof ScoreSets.Finished.Damaged damaged) {
                    String reason = "score set is damaged: " + damaged.reason();
                    end(id, ScoringFailed.newBuilder().setReason(reason).build(), null);
                }
            }
            case FAILED -> end(id, message.getFailed(), null);
            case EVENT_NOT_SET -> {
                // A message of a later version, unknown to this one.
            }
        }
    }

    private void end(String id, @Nullable ScoringFailed failed, ScoreSet.@Nullable Manifest done) {
        reports.remove(id);
        asked(id).ifPresent(asked -> asked.getMemberRunIdsList().forEach(missingSince::remove));
        scorings.computeIfPresent(
                id, (key, state) -> new ScoringState(id, state.asked(), failed, done, Map.of(), runs));
    }

    /** Reads a valid chunk of topic prediction-errors. */
    synchronized void read(PredictionErrors errors) {
        if (mayCount(errors.getScoringId(), errors.getRunId())) {
            member(errors.getScoringId(), errors.getRunId()).add(errors);
        }
    }

    /** Reads a flawed chunk of topic prediction-errors, which its member's report lacks. */
    synchronized void spoil(PredictionErrors errors, String flaw) {
        if (Member.flawOfIds(errors.getScoringId(), errors.getRunId()).isEmpty()
                && mayCount(errors.getScoringId(), errors.getRunId())) {
            member(errors.getScoringId(), errors.getRunId()).spoil(errors, flaw);
        }
    }

    /** Reads a failure of topic prediction-errors. */
    synchronized void read(PredictionFailed failed) {
        if (mayCount(failed.getScoringId(), failed.getRunId())) {
            member(failed.getScoringId(), failed.getRunId()).fail(failed);
        }
    }

    /** Returns false for members of a scoring that has ended or begun again. */
    private boolean mayCount(String id, String runId) {
        ScoringState state = scorings.get(id);
        return state == null
                || (state.isRunning() && state.asked().getMemberRunIdsList().contains(runId));
    }

    private Member member(String id, String runId) {
        return reports.computeIfAbsent(id, key -> new HashMap<>()).computeIfAbsent(runId, key -> new Member());
    }

    /** Reads a request of topic run-events to cancel a run. */
    synchronized void read(CancelRequested request) {
        runs.read(request);
    }

    /** Reads a part of the lists of a run of topic run-events. */
    void read(RunPart part) {
        uses.read(part);
    }

    /** Reads a message of topic selector-policies. */
    void read(PolicyChange change) {
        uses.read(change);
    }

    /** Reads a run of topic run-events. */
    synchronized void read(Run run) {
        uses.read(run);
        runs.read(run);
        awaiting.read(run);
    }

    /** Forgets a run of topic run-events whose message with this key is deleted, if it is over. */
    synchronized void removed(String key) {
        runs.removed(key);
        awaiting.removed(key);
    }

    /** Reads from topic run-events where a run is. */
    synchronized void read(Beat beat) {
        runs.read(beat);
    }

    /** Reads a message of topic training-orders. */
    synchronized void read(TrainingOrder order) {
        runs.read(order);
        awaiting.read(order);
    }

    synchronized Optional<ScoringRequested> asked(String id) {
        return Optional.ofNullable(scorings.get(id)).map(ScoringState::asked);
    }

    /** Returns whether run-events has a request to cancel a run. */
    synchronized boolean isCancelled(String runId) {
        return runs.isCancelled(runId);
    }

    /** Returns whether run-events tells of a member. */
    synchronized boolean knows(String runId) {
        return runs.knows(runId);
    }

    /** Returns whether one of these members was ordered, or is known from run-events. */
    synchronized boolean knowsAny(List<String> runIds) {
        return runIds.stream().anyMatch(runId -> runs.isOrdered(runId) || runs.knows(runId));
    }

    synchronized Optional<Scoring> find(String id) {
        return Optional.ofNullable(scorings.get(id)).map(ScoringState::view);
    }

    /** Returns the finished score sets, without their scores, oldest first. */
    List<ScoreSet.Manifest> scoreSets() {
        return scoreSets.all();
    }

    /** Returns a finished score set, read from the topic if need be. */
    Optional<ScoreSet> scoreSet(String id) {
        return scoreSets.find(id);
    }

    /** Returns every scoring. */
    synchronized List<ScoringState> scorings() {
        return List.copyOf(scorings.values());
    }

    /** Returns the keys of all messages of a scoring that is over, or of a finished score set. */
    List<String> keysOf(String id) {
        // The request first: without it and with the rest, the set is whole; with it and without the rest, it would be
        // computed again.
        return Stream.concat(
                        Stream.of(id + "/requested", id + ENDED),
                        scoreSets.chunks(id).stream().map(first -> id + "/chunk-" + first))
                .toList();
    }

    /** Returns the queued and running runs that use a score set. */
    List<String> usersOf(String id) {
        return uses.of(id);
    }

    /** Notes where in topic el2n-scores a chunk lies. */
    void lies(ScoreMessage message, long offset) {
        scoreSets.lies(message.getScoreSet(), message.getChunk(), offset);
    }

    /** Forgets a score set of topic el2n-scores whose message with this key is deleted. */
    synchronized void deletedScores(String key) {
        if (key.endsWith(ENDED)) {
            String id = key.substring(0, key.length() - ENDED.length());
            scoreSets.begin(id);
            scorings.remove(id);
            reports.remove(id);
        }
    }

    /**
     * Returns the first scorings after another that are wanted, newest first.
     *
     * @param after id of the last one of the page before; null for the first page
     * @throws IllegalArgumentException if there is no scoring of this id
     */
    synchronized List<Scoring> newestFirst(@Nullable String after, Set<Scoring.State> wanted, int most) {
        if (after != null && !scorings.containsKey(after)) {
            throw new IllegalArgumentException(
                    "page is " + after + ", allowed is what header Link of the page before names");
        }
        List<String> ids = new ArrayList<>(scorings.keySet());
        Collections.reverse(ids);
        return ids.subList(after == null ? 0 : ids.indexOf(after) + 1, ids.size()).stream()
                .flatMap(id -> Optional.ofNullable(scorings.get(id)).stream())
                .filter(state -> wanted.contains(state.state()))
                .limit(most)
                .map(ScoringState::view)
                .toList();
    }

    /** Returns the number of running scorings. */
    synchronized int running() {
        return (int) scorings.values().stream().filter(ScoringState::isRunning).count();
    }

    /**
     * Returns what is to be done now.
     *
     * @param mine scorings whose request this scorer took, and whose members it orders at once
     * @param orderGrace age from which on it orders members of other scorings too, and time that the report of a completed
     *     member may take
     */
    synchronized List<Duty> due(Instant now, Set<String> mine, Duration orderGrace) {
        Stream<Duty> others = scorings.values().stream().flatMap(state -> {
            if (!state.isRunning()) {
                return state.cancellations(now).stream();
            }
            long age = now.toEpochMilli() - state.asked().getEpochMillis();
            boolean mayOrder = mine.contains(state.id()) || age >= orderGrace.toMillis();
            return state.due(now, mayOrder, orderGrace, missingSince).stream();
        });
        List<Duty> due = new ArrayList<>(awaiting.due(now, mine, orderGrace, scorings));
        due.addAll(awaiting.stops(now, orderGrace, scorings, uses));
        others.forEach(due::add);
        return due;
    }

    /** Returns whether a run awaits the end of a scoring. */
    synchronized boolean isAwaiting(String runId) {
        return awaiting.isAwaiting(runId);
    }

    /** Returns whether the order of a run that awaited a scoring is in the queue. */
    synchronized boolean isReleased(String runId) {
        return awaiting.isOrdered(runId);
    }

    /** Returns the members to be cancelled of a scoring that has ended without scores. */
    synchronized List<Duty.Cancel> cancellations(String id, Instant now) {
        ScoringState state = scorings.get(id);
        return state == null ? List.of() : state.cancellations(now);
    }
}
