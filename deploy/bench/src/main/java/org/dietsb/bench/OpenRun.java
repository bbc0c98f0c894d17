package org.dietsb.bench;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.DatasetIdentity;

/** A run's ends of the mask path: its attempt is open, and its answers come to the inbox. */
record OpenRun(KafkaProducer<String, byte[]> producer, KafkaMaskReader masks, KafkaLossLog log, MaskInbox inbox)
        implements AutoCloseable {
    static final int PARTITION = 0;

    /** Opens an attempt; a run before its proxy. */
    static OpenRun of(TrainingOrder order, Dataset dataset, String bootstrapServers) throws InterruptedException {
        AttemptOpened.Builder opening = AttemptOpened.newBuilder();
        TrainingOrder proxy = order.proxy();
        if (proxy != null) {
            opening.setProxy(proxy.runId());
        }
        String proxyOf = order.proxyOf();
        if (proxyOf != null) {
            opening.setProxyOf(proxyOf);
        }
        int examples = dataset.train().count();
        KafkaProducer<String, byte[]> producer = Clients.producer(bootstrapServers);
        KafkaMaskReader masks = KafkaMaskReader.atEnd(
                Map.of("bootstrap.servers", bootstrapServers),
                order.runId(),
                PARTITION,
                examples,
                TrainerRoute::noAnswer);
        KafkaLossLog log = KafkaLossLog.open(
                producer,
                order.runId(),
                PARTITION,
                opening.setDataset(DatasetIdentity.newBuilder()
                                .setName(dataset.identity().name())
                                .setCount(examples))
                        .setModel(order.model())
                        .setSeed(order.seed())
                        .setEpochs(order.recipe().epochs())
                        .setBatchSize(order.recipe().batchSize())
                        .setWindow(order.window())
                        .build());
        MaskInbox inbox = new MaskInbox(roundTrip -> {});
        masks.start(log.attempt(), inbox);
        return new OpenRun(producer, masks, log, inbox);
    }

    @Override
    public void close() {
        masks.close();
        producer.close();
    }
}
