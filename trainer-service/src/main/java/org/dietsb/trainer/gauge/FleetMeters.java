package org.dietsb.trainer.gauge;

import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.dietsb.trainer.order.OrderGroup;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** What every trainer knows of all of them, looked up every few seconds: runs by state, orders that are not done. */
@Singleton
class FleetMeters {
    private static final Logger LOG = Logger.getLogger(FleetMeters.class);
    private static final long BETWEEN_SECONDS = 5;

    private final RunRegistry runs;
    private final RunGauges gauges;
    private final OrderGroup orders;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "fleet-meters"));
    private final MultiGauge byState;
    private final MultiGauge open;

    FleetMeters(MeterRegistry registry, RunRegistry runs, RunGauges gauges, OrderGroup orders) {
        this.runs = runs;
        this.gauges = gauges;
        this.orders = orders;
        this.byState = MultiGauge.builder("dietsb_runs")
                .description("Runs that run-events tells of, whoever trains them")
                .register(registry);
        this.open = MultiGauge.builder("dietsb_orders_open")
                .description("Orders whose run is not over: they wait for a trainer, or one has them; of all trainers")
                .register(registry);
    }

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::look, 0, BETWEEN_SECONDS, TimeUnit.SECONDS);
    }

    private void look() {
        try {
            Map<Run.State, Integer> counted = new EnumMap<>(Run.State.class);
            runs.all().forEach(run -> counted.merge(run.state(), 1, Integer::sum));
            byState.register(
                    Stream.of(Run.State.values())
                            .map(state -> Row.of(
                                    Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
                                    counted.getOrDefault(state, 0)))
                            .toList(),
                    true);
            gauges.tidy(System.currentTimeMillis());
            open.register(
                    orders.open().entrySet().stream()
                            .map(topic -> Row.of(Tags.of("topic", topic.getKey()), topic.getValue()))
                            .toList(),
                    true);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            // It would end the schedule.
            LOG.warnf("The meters of all runs are not up to date: %s", failed);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }
}
