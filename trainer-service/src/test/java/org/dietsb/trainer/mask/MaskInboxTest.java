package org.dietsb.trainer.mask;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MaskInboxTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final List<Duration> roundTrips = new ArrayList<>();
    private final MaskInbox inbox = new MaskInbox(roundTrips::add);

    private static Answer.BatchMask mask(int epoch, int batch) {
        return new Answer.BatchMask(epoch, batch, 0, new int[] {batch}, null);
    }

    @Test
    void handsOutMasksByTheirPlaceWhateverCameFirst() throws InterruptedException {
        Answer.BatchMask first = mask(1, 0);
        Answer.BatchMask second = mask(1, 1);
        inbox.offer(second);
        inbox.offer(first);

        assertThat(inbox.awaitBatch(1, 0, Duration.ZERO)).isSameAs(first);
        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isSameAs(second);
        assertThat(inbox.dropped()).isZero();
    }

    @Test
    void dropsDoublesAndMasksThatComeTooLate() throws InterruptedException {
        inbox.offer(mask(1, 0));
        inbox.offer(mask(1, 0));
        inbox.awaitBatch(1, 0, Duration.ZERO);
        inbox.offer(mask(1, 0));
        assertThat(inbox.dropped()).isEqualTo(2);

        assertThat(inbox.awaitBatch(1, 1, Duration.ZERO)).isEqualTo(new Answer.TimedOut());
        inbox.offer(mask(1, 1));
        assertThat(inbox.dropped()).isEqualTo(3);

        inbox.offer(new Answer.EpochMask(1, 0, null));
        inbox.offer(new Answer.EpochMask(1, 0, null));
        inbox.awaitEpoch(1);
        inbox.offer(new Answer.EpochMask(1, 0, null));
        assertThat(inbox.dropped()).isEqualTo(5);
    }

    @Test
    void whoeverWaitsIsWokenByWhatEndsTheAttempt() throws InterruptedException {
        CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS).execute(() -> inbox.offer(new Answer.Stopped()));

        assertThat(inbox.awaitBatch(1, 0, LONG)).isEqualTo(new Answer.Stopped());
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Stopped());
    }

    @Test
    void theFirstEndStaysUnlessALaterAttemptIsOnItsWay() throws InterruptedException {
        inbox.offer(new Answer.Refused("no scores"));
        inbox.offer(new Answer.Unknown());
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Refused("no scores"));
        inbox.offer(new Answer.Fenced(9));
        assertThat(inbox.awaitEpoch(1)).isEqualTo(new Answer.Fenced(9));
    }

    @Test
    void measuresTheWayOfMasksThatWereAnnounced() {
        inbox.announced(1, 0);
        inbox.offer(mask(1, 1));
        assertThat(roundTrips).isEmpty();
        inbox.offer(mask(1, 0));
        inbox.offer(mask(1, 0));
        assertThat(roundTrips).singleElement().satisfies(way -> assertThat(way).isPositive());
    }
}
