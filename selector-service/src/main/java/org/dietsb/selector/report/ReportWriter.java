package org.dietsb.selector.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.dietsb.selector.topic.ClientSettings;
import org.dietsb.selector.wire.SelectionReport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes topic selection-reports, in a thread and with a producer of its own, so that judging never waits for it. Only the newest
 * report of each run is queued. A report that the broker does not accept is counted and logged; the next one contains all it did.
 * Thread-safe.
 */
@Singleton
public class ReportWriter {
    private static final Logger LOG = Logger.getLogger(ReportWriter.class);

    private final Producer<String, byte[]> producer;
    private final Counter lost;
    private final Map<String, RunUpdate> waiting = new LinkedHashMap<>();
    private final ExecutorService writer = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, Reports.TOPIC);
        thread.setDaemon(true);
        return thread;
    });

    @Inject
    ReportWriter(ClientSettings kafka, MeterRegistry registry) {
        this(
                new KafkaProducer<>(kafka.with(Map.of(
                        ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                        StringSerializer.class,
                        ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                        ByteArraySerializer.class,
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        10_000))),
                registry);
    }

    public ReportWriter(Producer<String, byte[]> producer, MeterRegistry registry) {
        this.producer = producer;
        this.lost = Counter.builder("dietsb_selector_reports_lost")
                .description("Reports of runs that could not be written")
                .register(registry);
    }

    /** Queues an update of a run; returns at once. */
    public void write(RunUpdate update) {
        synchronized (waiting) {
            waiting.merge(update.report().runId(), update, ReportWriter::newest);
        }
        try {
            writer.execute(this::writeNext);
        } catch (RejectedExecutionException closed) {
            LOG.debugf(
                    "Report of run %s is not written: the service is shutting down",
                    update.report().runId());
        }
    }

    /** Returns the newer update, with the usage that is queued. */
    private static RunUpdate newest(RunUpdate old, RunUpdate now) {
        return now.usage() == null
                        && old.usage() != null
                        && old.report().attempt() == now.report().attempt()
                ? new RunUpdate(now.report(), old.usage())
                : now;
    }

    private void writeNext() {
        RunUpdate update = next();
        if (update == null) {
            return;
        }
        long atMillis = update.report().at().toEpochMilli();
        send(ReportWire.toWire(update.report()));
        if (update.usage() != null) {
            ReportWire.toWire(update.usage(), atMillis).forEach(this::send);
        }
    }

    private @Nullable RunUpdate next() {
        synchronized (waiting) {
            var oldest = waiting.values().iterator();
            if (!oldest.hasNext()) {
                return null;
            }
            RunUpdate update = oldest.next();
            oldest.remove();
            return update;
        }
    }

    private void send(SelectionReport report) {
        String key = ReportWire.key(report);
        try {
            var unused = producer.send(
                    new ProducerRecord<>(Reports.TOPIC, 0, key, report.toByteArray()), (stored, failed) -> {
                        if (failed != null) {
                            lost(key, failed.getMessage());
                        }
                    });
        } catch (KafkaException | IllegalStateException failed) {
            lost(key, failed.getMessage());
        }
    }

    private void lost(String key, @Nullable String why) {
        lost.increment();
        LOG.warnf("Report %s could not be written: %s", key, why);
    }

    /** Writes what is queued, for at most a few seconds. */
    @PreDestroy
    public void close() throws InterruptedException {
        writer.shutdown();
        if (!writer.awaitTermination(2, TimeUnit.SECONDS)) {
            writer.shutdownNow();
        }
        producer.close(Duration.ofSeconds(2));
    }
}
