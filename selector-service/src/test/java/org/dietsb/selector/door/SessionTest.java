package org.dietsb.selector.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SessionTest {
    private static final Duration UNUSED = Duration.ofHours(1);
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    private final Session session = Session.begin(NOW, UNUSED, true, "ada", "a-token");

    @Test
    void endsWhenItIsNotUsed() {
        assertThat(session.isOver(NOW.plus(UNUSED).minusSeconds(1))).isFalse();
        assertThat(session.isOver(NOW.plus(UNUSED))).isTrue();
    }

    @Test
    void isExtendedByUseUpToADay() {
        assertThat(session.used(NOW.plusSeconds(60), UNUSED)).isSameAs(session);
        Session used = session;
        Instant now = NOW;
        while (!used.isOver(now)) {
            now = now.plus(Duration.ofMinutes(40));
            used = used.isOver(now) ? used : used.used(now, UNUSED);
        }
        assertThat(used.begun()).isEqualTo(NOW);
        assertThat(used.until()).isEqualTo(NOW.plus(Duration.ofDays(1)));
        assertThat(Session.begin(NOW, Duration.ofDays(9), true, "ada", "a-token")
                        .until())
                .isEqualTo(NOW.plus(Duration.ofDays(1)));
    }

    @Test
    void isOpenedByEveryReplicaWithTheSameTokensAndByNoOther() {
        String sealed = new Seal("the-writers-token").seal(session.text(), "dietsb-session-8082");
        assertThat(Session.of(new Seal("the-writers-token").open(sealed, "dietsb-session-8082")))
                .isEqualTo(session);
        assertThat(new Seal("another-token").open(sealed, "dietsb-session-8082"))
                .isNull();
        assertThat(new Seal("the-writers-token").open(sealed, "dietsb-session-9000"))
                .as("of another port")
                .isNull();
        char last = sealed.charAt(20);
        String changed = sealed.substring(0, 20) + (last == 'A' ? 'B' : 'A') + sealed.substring(21);
        for (String wrong :
                new String[] {changed, sealed.substring(1), "", "AAAA", "?", "a-token", "a-token-of-writers"}) {
            assertThat(Session.of(new Seal("the-writers-token").open(wrong, "dietsb-session-8082")))
                    .isNull();
        }
    }

    @Test
    void isOpenedByItsOwnProcessAloneWithoutATokenToDeriveTheKeyFrom() {
        Seal seal = new Seal("");
        String sealed = seal.seal(session.text(), "dietsb-session");
        assertThat(Session.of(seal.open(sealed, "dietsb-session"))).isEqualTo(session);
        assertThat(new Seal("").open(sealed, "dietsb-session")).isNull();
    }
}
