package org.dietsb.trainer.gauge;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.dietsb.trainer.news.LostRuns;
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
    private final LostRuns lost;
    private final RunGauges gauges;
    private final OrderGroup orders;
    private final ScheduledExecutorService clock =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "fleet-meters"));
    private final MultiGauge byState;
    private final MultiGauge open;

    FleetMeters(MeterRegistry registry, RunRegistry runs, LostRuns lost, RunGauges gauges, OrderGroup orders) {
        this.runs = runs;
        this.lost = lost;
        this.gauges = gauges;
        this.orders = orders;
        this.byState = MultiGauge.builder("dietsb_runs")
                .description("Runs of topic run-events, of all trainers")
                .register(registry);
        this.open = MultiGauge.builder("dietsb_orders_open")
                .description("Orders that wait for a trainer or are held by one, of all trainers")
                .register(registry);
    }

    void start(@Observes StartupEvent event) {
        var unused = clock.scheduleWithFixedDelay(this::update, 0, BETWEEN_SECONDS, TimeUnit.SECONDS);
    }

    private void update() {
        try {
            byState.register(
                    byState(runs, lost).entrySet().stream()
                            .map(state -> Row.of(Tags.of("state", state.getKey()), state.getValue()))
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
            // An exception would end the schedule.
            LOG.warnf("Cannot update the gauges of all runs: %s", failed);
        }
    }

    /** Returns the number of runs by state; those that seem lost are not among the running ones. */
    static Map<String, Integer> byState(RunRegistry runs, LostRuns lost) {
        Map<Run.State, Integer> counted = runs.counts();
        Map<String, Integer> byState = new TreeMap<>();
        for (Run.State state : Run.State.values()) {
            byState.put(state.label(), counted.getOrDefault(state, 0));
        }
        int silent = lost.count();
        byState.merge(Run.State.RUNNING.label(), -silent, Integer::sum);
        byState.put("lost", silent);
        return byState;
    }

    void stop(@Observes ShutdownEvent event) {
        clock.shutdownNow();
    }
}
