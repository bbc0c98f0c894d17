package org.dietsb.bench.path;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.testbed.Clients;

/** The base: a plain producer and a plain consumer, with an {@link Echo} in another JVM. */
final class EchoRoute implements MaskRoute {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final KafkaProducer<String, byte[]> producer;
    private final KafkaConsumer<String, byte[]> consumer;
    private final int partition;
    private final byte[] request;
    private int unclaimed;

    /**
     * Reads from the start of an echo's partition.
     *
     * @param request sent for every batch
     */
    EchoRoute(String bootstrapServers, int partition, byte[] request) {
        this.producer = Clients.producer(bootstrapServers);
        this.partition = partition;
        this.request = request.clone();
        this.consumer = Clients.consumer(bootstrapServers);
        TopicPartition place = new TopicPartition(Echo.ANSWERS, partition);
        consumer.assign(List.of(place));
        consumer.seekToBeginning(List.of(place));
    }

    @Override
    public void announce() {
        var unused = producer.send(new ProducerRecord<>(Echo.REQUESTS, partition, "echo", request));
    }

    @Override
    public void awaitMask() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (unclaimed == 0) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no echo within " + PATIENCE.toSeconds() + " s");
            }
            unclaimed = consumer.poll(Duration.ofSeconds(1)).count();
        }
        unclaimed--;
    }

    @Override
    public void close() {
        producer.close();
        consumer.close();
    }
}
