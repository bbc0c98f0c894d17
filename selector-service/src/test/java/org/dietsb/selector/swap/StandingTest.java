package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Moment.EpochBegins;
import org.dietsb.contracts.policy.Moment.Progress;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Sheets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Standing IN_FORCE = new Standing.InForce();

    private static Schedule schedule(@Nullable Moment from, @Nullable Moment until) {
        return new Schedule(from, until);
    }

    /** Returns the standing of the given revisions after revision 0, of a run of 10 epochs in this epoch. */
    private static List<Standing> at(int epoch, Schedule... schedules) {
        List<PolicyRevision> revisions = new ArrayList<>();
        revisions.add(revision(0, Schedule.FOR_GOOD));
        for (Schedule schedule : schedules) {
            revisions.add(revision(revisions.size(), schedule));
        }
        RunSheet run = Sheets.at(100, 10, epoch, 0);
        return Standing.of(revisions, run);
    }

    private static PolicyRevision revision(long number, Schedule schedule) {
        return new PolicyRevision(number, Policy.BASELINE, null, null, schedule, null, List.of());
    }

    @Test
    void aLaterRevisionForTheWholeRunSupersedesTheEarlier() {
        assertThat(at(3, Schedule.FOR_GOOD)).containsExactly(new Standing.Superseded(1), IN_FORCE);
    }

    @Test
    void aScheduleIsPendingUntilItsMoment() {
        Schedule eighth = schedule(new EpochBegins(8), null);
        assertThat(at(3, eighth)).containsExactly(IN_FORCE, new Standing.Pending(new EpochBegins(8)));
        assertThat(at(8, eighth)).containsExactly(new Standing.Superseded(1), IN_FORCE);
    }

    @Test
    void aScheduleIsSupersededByALaterRevisionThatCoversIt() {
        assertThat(at(3, schedule(new EpochBegins(8), null), Schedule.FOR_GOOD))
                .containsExactly(new Standing.Superseded(2), new Standing.Superseded(2), IN_FORCE);
    }

    @Test
    void theEarlierPolicyReturnsWhenAScheduleEnds() {
        Schedule passing = schedule(new EpochBegins(2), new Progress(.5));
        assertThat(at(3, passing)).containsExactly(new Standing.Pending(new Progress(.5)), IN_FORCE);
        assertThat(at(7, passing)).containsExactly(IN_FORCE, new Standing.Ended());
    }

    @Test
    void partOfAScheduleThatIsStillToComeIsPending() {
        assertThat(at(3, schedule(new EpochBegins(5), null), schedule(null, new EpochBegins(7))))
                .containsExactly(new Standing.Superseded(2), new Standing.Pending(new EpochBegins(7)), IN_FORCE);
    }
}
