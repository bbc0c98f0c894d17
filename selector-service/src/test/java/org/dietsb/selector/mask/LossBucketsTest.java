package org.dietsb.selector.mask;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

class LossBucketsTest {
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private double upTo(String le) {
        return registry.get("losses").tag("le", le).functionCounter().count();
    }

    @Test
    void countsWhatIsAtMostABound() {
        LossBuckets buckets = new LossBuckets(registry, "losses", "");
        for (float loss : new float[] {0, .005f, .15f, .5f, 2.2f, 25}) {
            buckets.record(loss);
        }

        assertThat(upTo("0.01")).isEqualTo(2);
        assertThat(upTo("0.1")).isEqualTo(2);
        assertThat(upTo("0.2")).isEqualTo(3);
        assertThat(upTo("0.5")).isEqualTo(4);
        assertThat(upTo("2.0")).isEqualTo(4);
        assertThat(upTo("2.5")).isEqualTo(5);
        assertThat(upTo("10.0")).isEqualTo(5);
        assertThat(upTo("+Inf")).isEqualTo(6);
    }
}
