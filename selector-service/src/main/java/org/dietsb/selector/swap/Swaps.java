package org.dietsb.selector.swap;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.PersonName;
import org.dietsb.contracts.policy.Change;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.PolicyCost;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.swap.SwapOutcome.Reason;
import org.dietsb.selector.swap.SwapOutcome.Refused;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Swaps policies, unless there is a reason to refuse the swap. Thread-safe. */
@Startup
@ApplicationScoped
public class Swaps {
    private static final Logger LOG = Logger.getLogger(Swaps.class);
    /** The name is written to the log and to the topic. */
    /** Maximum number of swaps of a run: a trainer lists all of them in one message, of 1 MB at most. */
    private static final int MOST_OF_A_RUN = 5_000;

    private final PolicyLog log;
    private final PolicyHistory history;
    private final Runs runs;
    private final Sources sources;
    private final GuardRails rails;

    /** Carries a refusal to the caller of a swap. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        final transient Refused refused;

        RefusedException(Reason reason, String detail) {
            super(detail);
            this.refused = new Refused(reason, detail);
        }
    }

    Swaps(PolicyLog log, PolicyHistory history, Runs runs, Sources sources, SelectorConfig config) {
        this.log = log;
        this.history = history;
        this.runs = runs;
        this.sources = sources;
        this.rails = new GuardRails(config.leastKeep(), config.mostChange());
    }

    /**
     * Gives a run a policy.
     *
     * @param timing when the policy is in force
     * @param expectedRevision the last revision that the caller knows; null if any will do
     * @param who name of the caller
     */
    public SwapOutcome swap(String runId, Policy policy, Timing timing, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        try {
            RunSheet run = run(runId);
            Change change = new Change(policy, schedule(timing, run), null, who);
            return swap(runId, run, change, expectedRevision);
        } catch (RefusedException refusal) {
            return refusal.refused;
        }
    }

    /**
     * Gives a run the policy of an earlier revision again, from now on to its end.
     *
     * @param to the earlier revision; 0 is the policy of the run's order
     */
    public SwapOutcome rollBack(String runId, long to, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        try {
            RunSheet run = run(runId);
            PolicyChain chain = log.history(runId);
            if (to < 0 || to > chain.revision()) {
                throw new RefusedException(
                        Reason.NO_SUCH_REVISION, "to is " + to + ", allowed is [0, " + chain.revision() + "]");
            }
            Policy policy = to == 0
                    ? run.firstPolicy()
                    : chain.entry(to)
                            .map(entry -> entry.change().policy())
                            .orElseThrow(() -> new RefusedException(
                                    Reason.NO_SUCH_REVISION,
                                    "to is " + to + ", whose policy this selector cannot use"));
            return swap(runId, run, new Change(policy, Schedule.FOR_GOOD, to, who), expectedRevision);
        } catch (RefusedException refusal) {
            return refusal.refused;
        }
    }

    /** Changes the default policy, that of new runs whose order names none. */
    public SwapOutcome setDefault(Policy policy, @Nullable Long expectedRevision, String who)
            throws InterruptedException {
        try {
            Policy stamped = stamped(policy, 0, "");
            check(stamped, who, 0, "");
            Change change = new Change(stamped, Schedule.FOR_GOOD, null, who);
            return append(PolicyChain.NEW_RUNS, change, expectedRevision);
        } catch (RefusedException refusal) {
            return refusal.refused;
        }
    }

    private RunSheet run(String runId) throws InterruptedException, RefusedException {
        return runs.find(runId)
                .orElseThrow(() -> new RefusedException(Reason.NO_SUCH_RUN, "id is " + runId + ", which no run has"));
    }

    private static Schedule schedule(Timing timing, RunSheet run) throws RefusedException {
        try {
            return timing.of(run);
        } catch (IllegalArgumentException invalid) {
            throw new RefusedException(Reason.NOT_A_SCHEDULE, String.valueOf(invalid.getMessage()));
        }
    }

    private SwapOutcome swap(String runId, RunSheet run, Change asked, @Nullable Long expectedRevision)
            throws InterruptedException, RefusedException {
        checkSwappable(runId, run);
        PolicyChain chain = log.history(runId);
        if (chain.revision() >= MOST_OF_A_RUN) {
            throw new RefusedException(
                    Reason.TOO_MANY,
                    "run " + runId + " has had " + chain.revision() + " swaps, allowed are " + MOST_OF_A_RUN);
        }
        Policy policy = stamped(asked.policy(), run.examples(), run.fingerprint());
        String unfit = policy.unfitFor(run.batchSize());
        if (!unfit.isEmpty()) {
            throw new RefusedException(Reason.NOT_A_POLICY, unfit);
        }
        check(policy, asked.who(), run.examples(), run.fingerprint());
        checkOwnEpochs(run, policy);
        Change change = asked.with(policy);
        checkSteps(run, chain, change);
        return append(runId, change, expectedRevision);
    }

    private static void checkSwappable(String runId, RunSheet run) throws RefusedException {
        if (!run.isLive()) {
            throw new RefusedException(Reason.RUN_IS_OVER, "run " + runId + " is over: its policy stays as it is");
        }
        if (!run.scoring().isEmpty()) {
            throw new RefusedException(
                    Reason.MEMBER_OF_A_SCORING,
                    "run " + runId + " is a member of scoring " + run.scoring()
                            + ", whose result would no longer match its description");
        }
        String proxy = run.firstPolicy().proxy();
        if (proxy != null || !run.proxyOf().isEmpty()) {
            throw new RefusedException(
                    Reason.ONE_OF_TWO,
                    proxy == null
                            ? "run " + runId + " is the proxy of run " + run.proxyOf()
                                    + ", which gets its masks: both keep their policy"
                            : "run " + runId + " gets the masks of its proxy, a " + proxy
                                    + ", to its end: both keep their policy");
        }
    }

    /**
     * Returns a replay of exactly the record that is there now, so that its masks do not depend on when they are looked up; other
     * policies unchanged.
     *
     * @param examples size of the training set; 0 if neither it nor the fingerprint is known
     */
    private Policy stamped(Policy policy, int examples, String fingerprint) throws RefusedException {
        String of = policy.of();
        if (of == null) {
            return policy;
        }
        try {
            RecordedRun run = sources.record(of, examples, fingerprint);
            run.mustServe(policy.kind());
            return policy.but().of(run.name()).build();
        } catch (RefusalException refusal) {
            throw new RefusedException(Reason.NOT_A_POLICY, "of: " + refusal.reason());
        }
    }

    private void check(Policy policy, String who, int examples, String fingerprint) throws RefusedException {
        if (policy.proxy() != null) {
            throw new RefusedException(
                    Reason.NOT_A_POLICY,
                    "losses is proxy:" + policy.proxy()
                            + ", allowed is fresh or stale:N: a proxy is ordered with its run, and for all of it");
        }
        if (!PersonName.isValid(who)) {
            throw new RefusedException(Reason.NOT_A_NAME, "who is not a name, allowed are " + PersonName.ALLOWED);
        }
        String scoreSet = policy.scoreSet();
        // The dataset of a queued run is unknown: it is checked when the run opens its epochs.
        if (scoreSet != null && policy.ownEpochs() == 0) {
            try {
                var unused = sources.scores(scoreSet, examples, fingerprint).forPolicy(policy);
            } catch (RefusalException refusal) {
                throw new RefusedException(Reason.NOT_A_POLICY, "scoreSet: " + refusal.reason());
            }
        }
        checkRails(rails.against(share(policy)));
    }

    private static void checkRails(String excess) throws RefusedException {
        if (!excess.isEmpty()) {
            throw new RefusedException(Reason.BEYOND_THE_GUARD_RAILS, excess);
        }
    }

    /** Returns the share of all training examples that it backpropagates: of a replay the mean of the other run, or all if that is unknown. */
    private double share(Policy policy) {
        String of = policy.of();
        try {
            return of == null
                    ? PolicyCost.backpropagated(policy)
                    : sources.record(of, 0, "").keep();
        } catch (RefusalException unknown) {
            return PolicyCost.backpropagated(policy);
        }
    }

    /** Error norms are collected for the policy of the order; no swap can ask for them afterwards. */
    private static void checkOwnEpochs(RunSheet run, Policy policy) throws RefusedException {
        int ordered = run.firstPolicy().ownEpochs();
        if (policy.ownEpochs() != 0 && policy.ownEpochs() != ordered) {
            throw new RefusedException(
                    Reason.NOT_A_POLICY,
                    "scoreSet is " + policy.scoreSet() + ", allowed is a score set"
                            + (ordered == 0 ? "" : ", or own:" + ordered)
                            + ": a run collects the error norms of its first epochs as its order says");
        }
    }

    /** Checks the step into the policy, and the one out of it at the end of its schedule. */
    private void checkSteps(RunSheet run, PolicyChain chain, Change next) throws RefusedException {
        double share = share(next.policy());
        Moment from = next.schedule().from();
        Moment until = next.schedule().until();
        Moment.Place begin = from == null ? run.place() : run.placeOf(from);
        checkRails(rails.against(share(chain.at(begin, run.firstPolicy()).policy()), share));
        if (until != null) {
            Policy after = chain.at(run.placeOf(until), run.firstPolicy()).policy();
            checkRails(rails.against(share, share(after)));
        }
    }

    private SwapOutcome append(String id, Change change, @Nullable Long expectedRevision) throws InterruptedException {
        long revision = log.history(id).revision();
        Optional<PolicyChain.Entry> entry = expectedRevision != null && expectedRevision != revision
                ? Optional.empty()
                : log.append(id, revision, change);
        if (entry.isEmpty()) {
            return new SwapOutcome.SwappedBefore(
                    id.equals(PolicyChain.NEW_RUNS)
                            ? history.ofDefault()
                            : history.last(id).orElseThrow());
        }
        LOG.infof(
                "Policy of %s is now %s, revision %d, by %s",
                id, change.policy().kind().label(), revision + 1, change.who());
        return new SwapOutcome.Swapped(PolicyHistory.revision(entry.get(), List.of()));
    }
}
