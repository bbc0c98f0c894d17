package org.dietsb.selector.swap;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.run.RunSheet;

/** What becomes of a policy that a run was given, from where the run is now. */
public sealed interface Standing {
    /** It judges the next batch. */
    record InForce() implements Standing {}

    /** It takes effect at this moment, unless another policy is given first. */
    record Pending(Moment from) implements Standing {}

    /** The policy of a later revision takes its place for the rest of the run. */
    record Superseded(long by) implements Standing {}

    /** Its schedule has ended, or its run is over. */
    record Ended() implements Standing {}

    /**
     * Returns the standing of each revision, in the same order.
     *
     * @param revisions of this run, from revision 0
     */
    static List<Standing> of(List<PolicyRevision> revisions, RunSheet run) {
        Moment.Place now = run.place();
        Map<Moment.Place, Moment> ahead =
                new TreeMap<>(Comparator.comparingDouble(Moment.Place::progress).thenComparingInt(Moment.Place::epoch));
        revisions.stream()
                .map(PolicyRevision::schedule)
                .flatMap(schedule -> Stream.of(schedule.from(), schedule.until()))
                .filter(Objects::nonNull)
                .filter(moment -> !moment.isReachedAt(now))
                .forEach(moment -> ahead.putIfAbsent(run.placeOf(moment), moment));
        List<Standing> standings = new ArrayList<>();
        for (PolicyRevision revision : revisions) {
            standings.add(run.isLive() ? of(revision, revisions, run, ahead) : new Ended());
        }
        return standings;
    }

    private static Standing of(
            PolicyRevision revision, List<PolicyRevision> all, RunSheet run, Map<Moment.Place, Moment> ahead) {
        Moment.Place now = run.place();
        Schedule schedule = revision.schedule();
        if (inForce(all, now) == revision.revision()) {
            return new InForce();
        }
        Moment until = schedule.until();
        if (until != null && until.isReachedAt(now)) {
            return new Ended();
        }
        for (Map.Entry<Moment.Place, Moment> next : ahead.entrySet()) {
            if (inForce(all, next.getKey()) == revision.revision()) {
                return new Pending(next.getValue());
            }
        }
        Moment from = schedule.from();
        return new Superseded(inForce(all, from == null || from.isReachedAt(now) ? now : run.placeOf(from)));
    }

    private static long inForce(List<PolicyRevision> revisions, Moment.Place place) {
        long highest = 0;
        for (PolicyRevision revision : revisions) {
            highest = revision.schedule().covers(place) ? revision.revision() : highest;
        }
        return highest;
    }
}
