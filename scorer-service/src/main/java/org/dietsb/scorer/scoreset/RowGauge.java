package org.dietsb.scorer.scoreset;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A gauge with rows that come and go. A row that stays is never missing from a scrape: a {@link MultiGauge} that overwrites its rows
 * removes them first, so this one keeps the rows and changes their values.
 */
public final class RowGauge {
    private final MultiGauge gauge;
    private final Map<Tags, Double> values = new ConcurrentHashMap<>();

    public RowGauge(MeterRegistry registry, String name, String description) {
        this.gauge = MultiGauge.builder(name).description(description).register(registry);
    }

    /** Shows exactly these rows. */
    public void show(Map<Tags, Double> rows) {
        values.putAll(rows);
        gauge.register(rows.keySet().stream()
                .<MultiGauge.Row<?>>map(tags -> MultiGauge.Row.of(tags, () -> values.getOrDefault(tags, Double.NaN)))
                .toList());
        values.keySet().retainAll(rows.keySet());
    }
}
