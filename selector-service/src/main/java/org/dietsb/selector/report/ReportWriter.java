package org.dietsb.selector.report;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.kit.topic.BackgroundProducer;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.RareLines;
import org.dietsb.selector.wire.SelectionReport;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes topic selection-reports in a thread and with a producer of its own, so that judging never waits for it. Only the newest report
 * of each run waits. A report that the broker does not accept is counted and logged; the next one repeats its content. Thread-safe.
 */
@Singleton
public class ReportWriter {
    private static final Logger LOG = Logger.getLogger(ReportWriter.class);
    private static final RareLines LOST = new RareLines(LOG, Logger.Level.WARN);
    /** Number of examples whose usage waits from which on no more is queued: the next report of a run has it again. */
    private static final int MOST_WAITING = 8_000_000;

    private final BackgroundProducer producer;
    private final Counter lost;
    private final Map<String, RunUpdate> waiting = new LinkedHashMap<>();

    @Inject
    ReportWriter(ClientSettings kafka, MeterRegistry registry) {
        this(BackgroundProducer.producer(kafka, Map.of()), registry);
    }

    public ReportWriter(Producer<String, byte[]> producer, MeterRegistry registry) {
        this.producer = new BackgroundProducer(Reports.TOPIC, producer);
        this.lost = Counter.builder("dietsb_selector_reports_lost")
                .description("Reports of runs that could not be written")
                .register(registry);
    }

    /** Queues a report and returns at once. */
    public void write(RunUpdate update) {
        synchronized (waiting) {
            waiting.merge(
                    update.report().runId(),
                    waitingExamples() > MOST_WAITING ? new RunUpdate(update.report(), null) : update,
                    ReportWriter::newest);
        }
        if (!producer.execute(this::writeNext)) {
            LOG.debugf(
                    "A report of run %s is not written: this service is shutting down",
                    update.report().runId());
        }
    }

    private long waitingExamples() {
        return waiting.values().stream()
                .mapToLong(one -> one.usage() == null ? 0 : one.usage().examples())
                .sum();
    }

    /** Returns the newer report, with the usage that is still waiting. */
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
        Usage usage = update.usage();
        for (int chunk = 0; usage != null && chunk < ReportWire.chunks(usage.examples()); chunk++) {
            send(ReportWire.toWire(usage, chunk, atMillis));
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
        producer.send(new ProducerRecord<>(Reports.TOPIC, 0, key, report.toByteArray()), failure -> {
            if (failure != null) {
                lost(key, failure.getMessage());
            }
        });
    }

    private void lost(String key, @Nullable String why) {
        lost.increment();
        LOST.log(() -> "Report " + key + " could not be written: " + why);
    }

    /** Writes what is waiting, for a few seconds at most. */
    @PreDestroy
    public void close() throws InterruptedException {
        producer.close();
    }
}
