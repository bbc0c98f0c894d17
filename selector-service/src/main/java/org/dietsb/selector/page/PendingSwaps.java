package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.Standing;

/** Policies that a run was given and that have not judged a batch yet, as text. */
final class PendingSwaps {
    private PendingSwaps() {}

    /** Returns the policies in their order, with the moment from which they apply; empty if there are none. */
    static String words(RunSheet run, List<PolicyRevision> revisions) {
        List<Standing> standings = Standing.of(revisions, run);
        List<String> words = new ArrayList<>();
        for (int i = 0; i < revisions.size(); i++) {
            PolicyRevision revision = revisions.get(i);
            if (standings.get(i) instanceof Standing.Pending pending) {
                words.add(name(revision) + " from " + Words.moment(pending.from()));
            } else if (standings.get(i) instanceof Standing.InForce
                    && revision.revision() > 0
                    && revision.effects().isEmpty()) {
                words.add(name(revision) + " with the " + (run.epoch() == 0 ? "first" : "next") + " batch");
            }
        }
        return words.isEmpty() ? "" : "then " + String.join("; ", words);
    }

    private static String name(PolicyRevision revision) {
        return "r" + revision.revision() + " " + Words.policy(revision.policy());
    }
}
