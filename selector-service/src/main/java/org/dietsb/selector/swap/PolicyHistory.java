package org.dietsb.selector.swap;

import io.smallrye.mutiny.Multi;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.policy.PolicySpec;
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
        Optional<RunSheet> run = runs.find(runId);
        return run.isEmpty() ? Optional.empty() : Optional.of(of(runId, run.get()));
    }

    private List<PolicyRevision> of(String runId, RunSheet run) throws InterruptedException {
        Effects effects = new Effects(run);
        List<PolicyRevision> all = new ArrayList<>();
        all.add(new PolicyRevision(0, run.firstPolicy(), null, null, Schedule.FOR_GOOD, null, effects.of(0)));
        for (PolicyLog.Entry entry : log.history(runId)) {
            all.add(revision(entry, effects.of(entry.revision())));
        }
        return all;
    }

    /** Returns the last policy of a run; empty if there is no such run. */
    public Optional<PolicyRevision> last(String runId) throws InterruptedException {
        return of(runId).map(all -> all.get(all.size() - 1));
    }

    /** Returns the default policy, that of new runs whose order names none. */
    public PolicyRevision ofDefault() throws InterruptedException {
        List<PolicyLog.Entry> changes = log.history(PolicyLog.DEFAULT);
        return changes.isEmpty()
                ? new PolicyRevision(0, PolicySpec.BASELINE, null, null, Schedule.FOR_GOOD, null, List.of())
                : revision(changes.get(changes.size() - 1), List.of());
    }

    /** Returns a stream of the runs whose policy is changed from now on, {@code *} for new runs; a slow reader misses all but the last. */
    public Multi<String> changes() {
        return log.swaps();
    }

    static PolicyRevision revision(PolicyLog.Entry entry, List<PolicyRevision.Effect> effects) {
        PolicyLog.Change change = entry.change();
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
