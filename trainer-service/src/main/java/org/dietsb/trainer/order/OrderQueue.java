package org.dietsb.trainer.order;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.dietsb.trainer.Takes;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.train.TrainingOrder;

/** Writes orders to topics training-orders and proxy-orders, where they wait for an idle trainer. */
@Singleton
public class OrderQueue {
    private final Producer<String, byte[]> producer;
    private final Takes takes;

    OrderQueue(Producer<String, byte[]> producer, TrainerConfig config) {
        this.producer = producer;
        this.takes = config.takes();
    }

    /** Stores the parts of an order, a run before its proxy. */
    public void add(List<TrainingOrder> parts) throws IOException, InterruptedException {
        try {
            List<Future<RecordMetadata>> stored = parts.stream()
                    .map(part -> producer.send(new ProducerRecord<>(
                            takes.topicOf(part.proxyOf() != null),
                            part.runId(),
                            OrderWire.toWire(part).toByteArray())))
                    .toList();
            for (Future<RecordMetadata> part : stored) {
                part.get(30, TimeUnit.SECONDS);
            }
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            throw new IOException("cannot write the order: " + failed.getMessage(), failed);
        }
    }
}
