package org.dietsb.selector.swap;

import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;
import org.dietsb.contracts.policy.Change;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;

/** Every policy that a run was given, with its effects. Thread-safe. */
@ApplicationScoped
public class PolicyHistory {
    private final PolicyLog log;
    private final Runs runs;

    PolicyHistory(PolicyLog log, Runs runs) {
        this.log = log;
        this.runs = runs;
    }

    /** Returns the policies of a run, oldest first, from revision 0; empty if there is no such run. */
    public Optional<List<PolicyRevision>> of(String runId) throws InterruptedException {
        Optional<RunSheet> run = runs.whole(runId);
        return run.isEmpty() ? Optional.empty() : Optional.of(of(runId, run.get()));
    }

    private List<PolicyRevision> of(String runId, RunSheet run) throws InterruptedException {
        Effects effects = new Effects(run);
        return revisions(log.history(runId), run.firstPolicy(), effects::of);
    }

    private static List<PolicyRevision> revisions(
            PolicyChain chain, Policy first, LongFunction<List<PolicyRevision.Effect>> effects) {
        List<PolicyRevision> all = new ArrayList<>();
        all.add(new PolicyRevision(0, first, null, null, Schedule.FOR_GOOD, null, effects.apply(0)));
        for (PolicyChain.Entry entry : chain.entries()) {
            all.add(revision(entry, effects.apply(entry.revision())));
        }
        PolicyRevision last = all.get(all.size() - 1);
        if (last.revision() < chain.revision()) {
            // Later changes cannot be used: their revisions are taken, and the policy stays.
            all.add(new PolicyRevision(
                    chain.revision(),
                    last.policy(),
                    null,
                    null,
                    last.schedule(),
                    null,
                    effects.apply(chain.revision())));
        }
        return all;
    }

    /** Returns the last policy of a run; empty if there is no such run. */
    public Optional<PolicyRevision> last(String runId) throws InterruptedException {
        return of(runId).map(all -> all.get(all.size() - 1));
    }

    /** Returns the default policy, that of new runs whose order names none. */
    public PolicyRevision ofDefault() throws InterruptedException {
        List<PolicyRevision> all = revisions(log.history(PolicyChain.NEW_RUNS), Policy.BASELINE, revision -> List.of());
        return all.get(all.size() - 1);
    }

    /** Returns a stream of the runs whose policy is changed from now on, {@code *} for new runs; a slow reader misses all but the last. */
    public Multi<String> changes() {
        return log.swaps();
    }

    static PolicyRevision revision(PolicyChain.Entry entry, List<PolicyRevision.Effect> effects) {
        Change change = entry.change();
        return new PolicyRevision(
                entry.revision(),
                change.policy(),
                change.who(),
                entry.at(),
                change.schedule(),
                change.rollsBackTo(),
                effects);
    }
}
