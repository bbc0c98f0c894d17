package org.dietsb.testbed;

import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.Prefix;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.wire.AttemptOpened;

/** The trainer's ends of the mask path for an open attempt of a run; its answers arrive in the inbox. */
public record OpenRun(KafkaProducer<String, byte[]> producer, KafkaMaskReader masks, KafkaLossLog log, MaskInbox inbox)
        implements AutoCloseable {

    /** Opens an attempt; a run must be opened before its proxy. */
    public static OpenRun of(String runId, int partition, AttemptOpened opened, String bootstrapServers)
            throws InterruptedException {
        KafkaProducer<String, byte[]> producer = Clients.producer(bootstrapServers);
        KafkaMaskReader masks = KafkaMaskReader.atEnd(
                new ClientSettings(Map.of("bootstrap.servers", bootstrapServers), Prefix.NONE),
                runId,
                partition,
                opened.getDataset().getCount(),
                OpenRun::deadLetter);
        KafkaLossLog log = KafkaLossLog.open(producer, runId, partition, opened);
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        masks.start(log.attempt(), inbox);
        return new OpenRun(producer, masks, log, inbox);
    }

    /** Fails the benchmark: nothing but it and the selector writes to this broker. */
    private static void deadLetter(ConsumerRecord<String, byte[]> received, String reason) {
        throw new IllegalStateException("offset " + received.offset() + " of " + received.topic() + ": " + reason);
    }

    @Override
    public void close() {
        masks.close();
        producer.close();
    }
}
