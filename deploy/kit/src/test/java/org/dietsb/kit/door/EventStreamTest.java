package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.helpers.test.AssertSubscriber;
import io.smallrye.mutiny.operators.multi.processors.UnicastProcessor;
import jakarta.ws.rs.sse.OutboundSseEvent;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jboss.resteasy.reactive.server.jaxrs.SseImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventStreamTest {
    private static final Duration NEVER = Duration.ofDays(1);

    private static AssertSubscriber<OutboundSseEvent> read(
            Multi<String> states, @Nullable String seen, Duration heartbeat) {
        return new EventStream(new SseImpl(), heartbeat)
                .of("run", states, seen)
                .subscribe()
                .withSubscriber(AssertSubscriber.create(Long.MAX_VALUE));
    }

    private static List<OutboundSseEvent> events(Multi<String> states, @Nullable String seen) {
        return read(states, seen, NEVER).awaitCompletion().getItems().stream()
                .filter(event -> event.getComment() == null)
                .toList();
    }

    private static List<Object> data(List<OutboundSseEvent> events) {
        return events.stream().map(OutboundSseEvent::getData).toList();
    }

    @Test
    void eventsHaveANameAndAnIdOfTheirData() {
        List<OutboundSseEvent> events = events(Multi.createFrom().items("a", "b", "a"), null);
        assertThat(data(events)).containsExactly("a", "b", "a");
        assertThat(events).allMatch(event -> event.getName().equals("run"));
        assertThat(events.get(0).getId())
                .isEqualTo(events.get(2).getId())
                .isNotEqualTo(events.get(1).getId());
        assertThat(events.get(0).getId()).isEqualTo("ca978112ca1bbdca");
    }

    @Test
    void aStateThatEqualsTheOneBeforeItIsLeftOut() {
        assertThat(data(events(Multi.createFrom().items("a", "a", "b", "b"), null)))
                .containsExactly("a", "b");
    }

    @Test
    void aClientThatComesBackGetsOnlyWhatItHasNotSeen() {
        String seen = events(Multi.createFrom().items("a"), null).get(0).getId();
        assertThat(events(Multi.createFrom().items("a"), seen)).isEmpty();
        assertThat(data(events(Multi.createFrom().items("a", "b"), seen))).containsExactly("b");
        assertThat(data(events(Multi.createFrom().items("b", "a"), seen))).containsExactly("b", "a");
        assertThat(data(events(Multi.createFrom().items("a"), "an unknown id"))).containsExactly("a");
    }

    @Test
    void commentsComeAtOnceAndAtEachHeartbeatUntilTheStatesEnd() {
        UnicastProcessor<String> states = UnicastProcessor.create();
        AssertSubscriber<OutboundSseEvent> reader = read(states, null, Duration.ofMillis(10));
        await().until(() -> reader.getItems().size() >= 3);
        assertThat(reader.getItems().stream().map(OutboundSseEvent::getComment)).startsWith("open", "alive", "alive");
        states.onNext("a");
        states.onComplete();
        reader.awaitCompletion();
        assertThat(reader.getItems().stream().map(OutboundSseEvent::getData).filter(Objects::nonNull))
                .containsExactly("a");
    }

    @Test
    void aFailureOfTheStatesEndsTheEvents() {
        AssertSubscriber<OutboundSseEvent> reader =
                read(Multi.createFrom().failure(new IllegalStateException("gone")), null, NEVER);
        reader.awaitFailure().assertFailedWith(IllegalStateException.class, "gone");
    }
}
