package org.dietsb.contracts.policy;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.wire.PolicyChange;
import org.jspecify.annotations.Nullable;

/**
 * The policies of one run, or of new runs, as the log of topic selector-policies gives them. Every reader of the log comes to the
 * same revisions:
 *
 * <ul>
 *   <li>Of two changes that replace the same revision, the first in the log takes effect; the other is stale.
 *   <li>Whether a change takes the next revision depends on its place in the chain alone. A change that this reader cannot use, e.g.
 *       because its kind of policy is newer than the reader, takes its revision too, and the earlier policies stay in force.
 *   <li>In force at a place of the run is the policy of the highest revision whose schedule covers the place.
 * </ul>
 *
 * Immutable.
 */
public final class PolicyChain {
    /** Stands for new runs whose order names no policy, in the place of a run id. */
    public static final String NEW_RUNS = "*";

    /** Without a change. */
    public static final PolicyChain EMPTY = new PolicyChain(0, null, null);

    /** Longest name of a writer, in characters. */
    private static final int LONGEST_NAME = 200;

    /**
     * A change in its place.
     *
     * @param revision from 1
     * @param offset of its message in the log
     */
    public record Entry(long revision, Change change, Instant at, long offset) {}

    /** What became of a change that was read. */
    public sealed interface Outcome {
        /** Returns the chain after the change. */
        PolicyChain chain();

        /** The change has taken effect, as far as its schedule says. */
        record Accepted(PolicyChain chain, Entry entry) implements Outcome {}

        /**
         * This reader cannot use the change: its revision is taken, and the earlier policies stay in force.
         *
         * @param reason why not, in words
         */
        record PassedOver(PolicyChain chain, String reason) implements Outcome {}

        /** Another change took the revision before. */
        record Stale(PolicyChain chain) implements Outcome {}
    }

    private final long revision;
    /** The last change that can be used; null if there is none. */
    private final @Nullable Entry last;
    /** The chain that the last usable change was added to. */
    private final @Nullable PolicyChain before;

    private PolicyChain(long revision, @Nullable Entry last, @Nullable PolicyChain before) {
        this.revision = revision;
        this.last = last;
        this.before = before;
    }

    /** Returns the last revision; 0 without a change. */
    public long revision() {
        return revision;
    }

    /** Returns the changes that this reader can use, oldest first. */
    public List<Entry> entries() {
        Deque<Entry> entries = new ArrayDeque<>();
        for (PolicyChain chain = this; chain != null && chain.last != null; chain = chain.before) {
            entries.addFirst(chain.last);
        }
        return List.copyOf(entries);
    }

    /** Returns the change of this revision; empty if there is none, or none that this reader can use. */
    public Optional<Entry> entry(long wanted) {
        return entries().stream().filter(entry -> entry.revision == wanted).findFirst();
    }

    /**
     * Returns the policy in force at a place of the run.
     *
     * @param first the policy of revision 0
     */
    public StampedPolicy at(Moment.Place place, Policy first) {
        for (PolicyChain chain = this; chain != null && chain.last != null; chain = chain.before) {
            Change change = chain.last.change;
            if (change.schedule().covers(place)) {
                return new StampedPolicy(chain.last.revision, change.policy());
            }
        }
        return new StampedPolicy(0, first);
    }

    /** Returns this chain with one more change. */
    public PolicyChain with(Change change, Instant at, long offset) {
        return with(new Entry(revision + 1, change, at, offset));
    }

    private PolicyChain with(Entry next) {
        return new PolicyChain(next.revision, next, this);
    }

    /**
     * Reads the next change of the log.
     *
     * @param offset of its message
     */
    Outcome accept(PolicyChange wire, long offset) {
        if (wire.getReplaces() != revision || wire.getRevision() != revision + 1) {
            return new Outcome.Stale(this);
        }
        try {
            Entry next = new Entry(revision + 1, usable(wire), Instant.ofEpochMilli(wire.getEpochMillis()), offset);
            return new Outcome.Accepted(with(next), next);
        } catch (IllegalArgumentException unusable) {
            return new Outcome.PassedOver(
                    new PolicyChain(revision + 1, last, before),
                    "revision " + (revision + 1) + " of " + wire.getRunId() + " is passed over: "
                            + unusable.getMessage());
        }
    }

    private static Change usable(PolicyChange wire) {
        if (wire.getWho().length() > LONGEST_NAME) {
            throw new IllegalArgumentException(
                    "who has " + wire.getWho().length() + " characters, allowed is " + LONGEST_NAME);
        }
        Change change = PolicyWire.fromWire(wire);
        if (wire.getRunId().equals(NEW_RUNS) && !change.schedule().equals(Schedule.FOR_GOOD)) {
            throw new IllegalArgumentException("the policy of new runs has a schedule, which only a run's has");
        }
        return change;
    }
}
