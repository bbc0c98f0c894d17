package org.dietsb.trainer.run;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.trainer.train.TrainingOrder;

/** Topics training-orders and proxy-orders: orders go in, and this trainer takes them out one at a time. */
@Singleton
class OrderQueue {
    private final Producer<String, byte[]> producer;
    private final RunExecutor executor;
    private final RunEvents events;
    private final PolicyFeed policies;
    private final OrderTaker taker;
    private final Takes takes;
    private final Thread thread = new Thread(this::takeOrders, "orders");
    private volatile boolean closing;

    OrderQueue(
            ClientSettings kafka,
            OrderGroup group,
            Producer<String, byte[]> producer,
            RunExecutor executor,
            RunEvents events,
            PolicyFeed policies,
            OrderMeters meters,
            DeadLetters deadLetters,
            TrainerConfig config) {
        this.producer = producer;
        this.executor = executor;
        this.events = events;
        this.policies = policies;
        this.takes = config.takes();
        this.taker = new OrderTaker(
                kafka.with(Map.of()),
                takes.topic(),
                group,
                producer,
                new OrderTaker.Trainer() {
                    @Override
                    public Future<?> begin(TrainingOrder order) {
                        return executor.submit(order);
                    }

                    @Override
                    public boolean knowsAllNews(Duration timeout) throws InterruptedException {
                        return events.awaitRead(timeout);
                    }
                },
                meters,
                deadLetters.of(takes.topic()));
    }

    /** Stores an order, in one part or two; each waits for an idle trainer, the first in front. */
    void add(List<TrainingOrder> parts) throws IOException, InterruptedException {
        try {
            List<Future<RecordMetadata>> stored = parts.stream()
                    .map(part -> producer.send(new ProducerRecord<>(
                            takes.topicOf(part),
                            part.runId(),
                            OrderWire.toWire(part).toByteArray())))
                    .toList();
            for (Future<RecordMetadata> part : stored) {
                part.get(30, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw new IOException("the order cannot be written: " + failed.getMessage(), failed);
        }
    }

    void start(@Observes StartupEvent event) {
        executor.start();
        thread.start();
    }

    private void takeOrders() {
        try {
            // Until all news is read, a run may seem new that is over, and one unswapped that was swapped.
            while (!closing && !(events.isRead() && policies.isRead())) {
                Thread.sleep(20);
            }
            taker.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread that takes orders is there. */
    boolean isRunning() {
        return thread.isAlive();
    }

    /** Whether orders are being taken. */
    boolean isReady() {
        return taker.isReady();
    }

    /** Stops the run first, whose order is kept until it has stopped and then given back; then leaves the group. */
    void shutDown(@Observes ShutdownEvent event) throws InterruptedException {
        closing = true;
        taker.takeNoMore();
        executor.shutDown();
        taker.release();
        thread.join(15_000);
        producer.flush();
    }
}
