package org.dietsb.scorer.scoreset;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowGaugeTest {

    @Test
    void isNeverMissingWhileItChanges() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        RowGauge gauge = new RowGauge(registry, "rows", "Test");
        gauge.show(Map.of(Tags.of("scoring", "a"), 1.0));
        List<Meter> removed = new ArrayList<>();
        registry.config().onMeterRemoved(removed::add);
        gauge.show(Map.of(Tags.of("scoring", "a"), 2.0, Tags.of("scoring", "b"), 3.0));
        assertThat(removed).isEmpty();
        assertThat(registry.get("rows").tag("scoring", "a").gauge().value()).isEqualTo(2);
        gauge.show(Map.of(Tags.of("scoring", "b"), 4.0));
        assertThat(removed).hasSize(1);
        assertThat(registry.find("rows").tag("scoring", "a").gauge()).isNull();
        assertThat(registry.get("rows").tag("scoring", "b").gauge().value()).isEqualTo(4);
    }
}
