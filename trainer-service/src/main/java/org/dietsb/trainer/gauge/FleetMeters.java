package org.dietsb.trainer.gauge;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.order.OrderGroup;
import org.jboss.logging.Logger;

/** Gauges of all trainers together, which each trainer updates every few seconds: runs by state, and open orders. */
@Singleton
class FleetMeters {
    private static final Logger LOG = Logger.getLogger(FleetMeters.class);
    private static final long BETWEEN_SECONDS = 5;

    private final RunRegistry runs;
    private final RunGauges gauges;
    private final OrderGroup orders;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "fleet-meters"));
    private final MultiGauge open;
    private volatile Map<Run.State, Integer> counted = Map.of();
    private volatile Map<String, Long> openOrders = Map.of();

    FleetMeters(MeterRegistry registry, RunRegistry runs, RunGauges gauges, OrderGroup orders) {
        this.runs = runs;
        this.gauges = gauges;
        this.orders = orders;
        for (Run.State state : Run.State.values()) {
            Gauge.builder("dietsb_runs", () -> counted.getOrDefault(state, 0))
                    .description("Runs of topic run-events, of all trainers")
                    .tag("state", state.label())
                    .register(registry);
        }
        this.open = MultiGauge.builder("dietsb_orders_open")
                .description("Orders that wait for a trainer or are held by one, of all trainers")
                .register(registry);
    }

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::update, 0, BETWEEN_SECONDS, TimeUnit.SECONDS);
    }

    private void update() {
        try {
            Map<Run.State, Integer> byState = new EnumMap<>(Run.State.class);
            runs.all().forEach(run -> byState.merge(run.state(), 1, Integer::sum));
            counted = byState;
            gauges.tidy(System.currentTimeMillis());
            openOrders = orders.open();
            // Rows that stay are kept, not replaced: a scrape would miss a row between its removal and its return.
            open.register(openOrders.keySet().stream()
                    .<Row<?>>map(topic -> Row.of(Tags.of("topic", topic), () -> openOrders.getOrDefault(topic, 0L)))
                    .toList());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // An exception would end the schedule.
            LOG.warnf("Cannot update the gauges of all runs: %s", failed);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }
}
