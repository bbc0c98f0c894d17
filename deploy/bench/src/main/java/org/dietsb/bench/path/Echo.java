package org.dietsb.bench.path;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.testbed.Clients;
import org.dietsb.testbed.Logs;

/**
 * A selector without any work: {@code Echo BOOTSTRAP_SERVERS BYTES..} answers every request on its partition with a message
 * of this many bytes, given for each partition from 0 on.
 */
final class Echo {
    static final String REQUESTS = "echo-requests";
    static final String ANSWERS = "echo-answers";

    private Echo() {}

    public static void main(String[] arguments) {
        Logs.warningsOnly();
        List<byte[]> answers = new ArrayList<>();
        List<TopicPartition> places = new ArrayList<>();
        for (int i = 1; i < arguments.length; i++) {
            places.add(new TopicPartition(REQUESTS, answers.size()));
            answers.add(new byte[Integer.parseInt(arguments[i])]);
        }
        try (KafkaProducer<String, byte[]> producer = Clients.producer(arguments[0]);
                KafkaConsumer<String, byte[]> consumer = Clients.consumer(arguments[0])) {
            consumer.assign(places);
            consumer.seekToBeginning(places);
            while (true) {
                for (ConsumerRecord<String, byte[]> request : consumer.poll(Duration.ofMillis(500))) {
                    var unused = producer.send(new ProducerRecord<>(
                            ANSWERS, request.partition(), request.key(), answers.get(request.partition())));
                }
            }
        }
    }
}
