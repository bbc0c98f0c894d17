package org.dietsb.selector.swap;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.dietsb.contracts.policy.Change;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.diet.ScoreSets;
import org.dietsb.selector.mask.SelectorConfig;
import org.dietsb.selector.policy.PolicyCost;
import org.dietsb.selector.record.MaskRecords;
import org.dietsb.selector.swap.SwapOutcome.Reason;
import org.dietsb.selector.swap.SwapOutcome.Refused;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Swaps policies, unless something speaks against it. Thread-safe. */
@Startup
@ApplicationScoped
public class Swaps {
    private static final Logger LOG = Logger.getLogger(Swaps.class);
    /** It is written to the log and to the topic. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9 ._@-]{1,80}");

    /** A run tells all of them in one message, of 1 MB at most. */
    private static final int MOST_OF_A_RUN = 5_000;

    private final PolicyLog log;
    private final PolicyHistory history;
    private final Runs runs;
    private final ScoreSets scoreSets;
    private final MaskRecords records;
    private final GuardRails rails;

    Swaps(
            PolicyLog log,
            PolicyHistory history,
            Runs runs,
            ScoreSets scoreSets,
            MaskRecords records,
            SelectorConfig config) {
        this.log = log;
        this.history = history;
        this.runs = runs;
        this.scoreSets = scoreSets;
        this.records = records;
        this.rails = new GuardRails(config.leastKeep(), config.mostChange());
    }

    /**
     * Gives a run a policy: now and for good, or as the timing says.
     *
     * @param expectedRevision the last one that whoever asks knows of; null = whichever it is
     * @param who asks
     */
    public SwapOutcome swap(String runId, Policy policy, Timing timing, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        Optional<Runs.Known> run = runs.find(runId);
        if (run.isEmpty()) {
            return noSuchRun(runId);
        }
        try {
            Change change = new Change(policy, timing.of(run.get()), null, who);
            return swap(runId, run.get(), change, expectedRevision);
        } catch (IllegalArgumentException invalid) {
            return new Refused(Reason.NOT_A_SCHEDULE, String.valueOf(invalid.getMessage()));
        }
    }

    /**
     * Gives a run the policy of an earlier revision again, now and for good.
     *
     * @param to that revision; 0 = the policy of its order
     */
    public SwapOutcome rollBack(String runId, long to, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        Optional<Runs.Known> run = runs.find(runId);
        if (run.isEmpty()) {
            return noSuchRun(runId);
        }
        PolicyChain chain = log.history(runId);
        if (to < 0 || to > chain.revision()) {
            return new Refused(Reason.NO_SUCH_REVISION, "to is " + to + ", allowed is [0, " + chain.revision() + "]");
        }
        Optional<Policy> policy = to == 0
                ? Optional.of(run.get().firstPolicy())
                : chain.entry(to).map(entry -> entry.change().policy());
        if (policy.isEmpty()) {
            return new Refused(Reason.NO_SUCH_REVISION, "to is " + to + ", whose policy this selector cannot use");
        }
        return swap(runId, run.get(), new Change(policy.get(), Schedule.FOR_GOOD, to, who), expectedRevision);
    }

    /** Changes the policy of new runs whose order names none. */
    public SwapOutcome setDefault(Policy policy, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        MaskRecords.Found found = replayed(policy, 0, "");
        if (found instanceof MaskRecords.Found.Unusable unusable) {
            return new Refused(Reason.NOT_A_POLICY, "of: " + unusable.reason());
        }
        Optional<Refused> refused = refused(policy, who);
        return refused.isPresent()
                ? refused.get()
                : append(
                        PolicyChain.NEW_RUNS,
                        new Change(stamped(policy, found), Schedule.FOR_GOOD, null, who),
                        expectedRevision);
    }

    private static Refused noSuchRun(String runId) {
        return new Refused(Reason.NO_SUCH_RUN, "id is " + runId + ", which no run has");
    }

    private SwapOutcome swap(String runId, Runs.Known run, Change asked, @Nullable Long expectedRevision)
            throws InterruptedException {
        if (run.over()) {
            return new Refused(Reason.RUN_IS_OVER, "run " + runId + " is over: its policy stays as it is");
        }
        if (!run.scoring().isEmpty()) {
            return new Refused(
                    Reason.MEMBER_OF_A_SCORING,
                    "run " + runId + " is a member of scoring " + run.scoring()
                            + ", which would no longer be what it says");
        }
        String proxy = run.firstPolicy().proxy();
        if (proxy != null || !run.proxyOf().isEmpty()) {
            return new Refused(
                    Reason.ONE_OF_TWO,
                    proxy == null
                            ? "run " + runId + " is the proxy of run " + run.proxyOf()
                                    + ", which gets its masks: both keep" + " their policy"
                            : "run " + runId + " gets the masks of its proxy, a " + proxy
                                    + ", to its end: both keep their" + " policy");
        }
        PolicyChain chain = log.history(runId);
        if (chain.revision() >= MOST_OF_A_RUN) {
            return new Refused(
                    Reason.TOO_MANY,
                    "run " + runId + " has had " + chain.revision() + " swaps, allowed are " + MOST_OF_A_RUN);
        }
        MaskRecords.Found found = replayed(asked.policy(), run.examples(), run.fingerprint());
        if (found instanceof MaskRecords.Found.Unusable unusable) {
            return new Refused(Reason.NOT_A_POLICY, "of: " + unusable.reason());
        }
        Change change = asked.with(stamped(asked.policy(), found));
        String unfit = change.policy().unfitFor(run.batchSize());
        if (!unfit.isEmpty()) {
            return new Refused(Reason.NOT_A_POLICY, unfit);
        }
        Optional<Refused> refused = refused(change.policy(), change.who())
                .or(() -> otherOwnEpochs(run, change.policy()))
                .or(() -> foreignScores(runId, run, change.policy()));
        if (refused.isPresent()) {
            return refused.get();
        }
        String tooMuch = changesTooMuch(run, chain, change);
        return tooMuch.isEmpty()
                ? append(runId, change, expectedRevision)
                : new Refused(Reason.BEYOND_THE_GUARD_RAILS, tooMuch);
    }

    /**
     * The record that it replays; null if it replays none.
     *
     * @param examples 0 where the training set is not known
     */
    private MaskRecords.@Nullable Found replayed(Policy policy, int examples, String fingerprint) {
        String of = policy.of();
        return of == null ? null : records.find(of, examples, fingerprint);
    }

    /** That it is of this record and no other stands in the policy: what masks it makes does not hang on when it is looked up. */
    private static Policy stamped(Policy policy, MaskRecords.@Nullable Found found) {
        return found instanceof MaskRecords.Found.Whole whole
                ? policy.but().of(whole.of()).build()
                : policy;
    }

    private Optional<Refused> refused(Policy policy, String who) {
        if (policy.proxy() != null) {
            return Optional.of(new Refused(
                    Reason.NOT_A_POLICY,
                    "losses is proxy:" + policy.proxy()
                            + ", allowed is fresh or stale:N: a proxy is ordered with its run, and for all of it"));
        }
        if (!NAME.matcher(who).matches()) {
            return Optional.of(new Refused(Reason.NOT_A_NAME, "who is no name, allowed is " + NAME.pattern()));
        }
        String scoreSet = policy.scoreSet();
        if (scoreSet != null
                && policy.ownEpochs() == 0
                && scoreSets.find(scoreSet) instanceof ScoreSets.Found.Unusable unusable) {
            return Optional.of(new Refused(Reason.NOT_A_POLICY, "scoreSet: " + unusable.reason()));
        }
        String tooLittle = rails.against(share(policy));
        return tooLittle.isEmpty()
                ? Optional.empty()
                : Optional.of(new Refused(Reason.BEYOND_THE_GUARD_RAILS, tooLittle));
    }

    /** Of all training examples that it backpropagates; a replay what the other run selected in the mean, at most all where that is not known. */
    private double share(Policy policy) {
        return replayed(policy, 0, "") instanceof MaskRecords.Found.Whole whole
                ? whole.run().keep()
                : PolicyCost.backpropagated(policy);
    }

    /** Error norms are collected because the order's policy goes by them; no swap can ask for them afterwards. */
    private static Optional<Refused> otherOwnEpochs(Runs.Known run, Policy policy) {
        int ordered = run.firstPolicy().ownEpochs();
        return policy.ownEpochs() == 0 || policy.ownEpochs() == ordered
                ? Optional.empty()
                : Optional.of(new Refused(
                        Reason.NOT_A_POLICY,
                        "scoreSet is " + policy.scoreSet() + ", allowed is a score set"
                                + (ordered == 0 ? "" : ", or own:" + ordered)
                                + ": a run collects the error norms of its first epochs as its order says"));
    }

    /** A queued run's dataset is not known yet: it is checked when the run opens its epochs. */
    private Optional<Refused> foreignScores(String runId, Runs.Known run, Policy policy) {
        String scoreSet = policy.scoreSet();
        boolean foreign = scoreSet != null
                && !run.fingerprint().isEmpty()
                && scoreSets.find(scoreSet) instanceof ScoreSets.Found.Whole whole
                && !whole.scores().isOf(run.examples(), run.fingerprint());
        return foreign
                ? Optional.of(new Refused(
                        Reason.NOT_A_POLICY,
                        "scoreSet is " + scoreSet + ", which is of another dataset than run " + runId))
                : Optional.empty();
    }

    /** What the guard rails have against the step into the policy, and the one out of it again. */
    private String changesTooMuch(Runs.Known run, PolicyChain chain, Change next) {
        Moment from = next.schedule().from();
        Moment until = next.schedule().until();
        Policy before = chain.at(from == null ? run.place() : run.placeOf(from), run.firstPolicy())
                .policy();
        String into = rails.against(share(before), share(next.policy()));
        if (!into.isEmpty() || until == null) {
            return into;
        }
        return rails.against(
                share(next.policy()),
                share(chain.at(run.placeOf(until), run.firstPolicy()).policy()));
    }

    private SwapOutcome append(String id, Change change, @Nullable Long expectedRevision) throws InterruptedException {
        long revision = log.history(id).revision();
        if (expectedRevision != null && expectedRevision != revision) {
            return swappedBefore(id);
        }
        Optional<PolicyChain.Entry> entry = log.append(id, revision, change);
        if (entry.isEmpty()) {
            return swappedBefore(id);
        }
        LOG.infof(
                "Policy of %s is now %s, revision %d, by %s",
                id, change.policy().kind().label(), entry.get().revision(), change.who());
        return new SwapOutcome.Swapped(PolicyHistory.revision(entry.get(), List.of()));
    }

    private SwapOutcome swappedBefore(String id) throws InterruptedException {
        return new SwapOutcome.SwappedBefore(
                id.equals(PolicyChain.NEW_RUNS)
                        ? history.ofDefault()
                        : history.last(id).orElseThrow());
    }
}
