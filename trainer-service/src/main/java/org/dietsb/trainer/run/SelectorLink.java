package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.producer.Producer;
import org.dietsb.contracts.policy.StampedPolicy;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.TopicList;
import org.dietsb.trainer.dataset.DatasetIdentity;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.order.OrderWire;
import org.dietsb.trainer.policy.Policies;
import org.dietsb.trainer.policy.PolicyFeed;
import org.dietsb.trainer.policy.Stamps;
import org.dietsb.trainer.train.Budget;
import org.dietsb.trainer.train.LoopState;
import org.dietsb.trainer.train.TrainingOrder;
import org.dietsb.trainer.wire.AttemptOpened;
import org.jspecify.annotations.Nullable;

/** Connects a run with the selector: its losses, its masks, its policies. A run and its proxy use one partition, and so one selector. */
@Singleton
class SelectorLink {
    private final ClientSettings kafka;
    private final Producer<String, byte[]> producer;
    private final TopicList topics;
    private final PolicyFeed policies;
    private final DeadLetters.Of deadLetters;

    SelectorLink(
            ClientSettings kafka,
            Producer<String, byte[]> producer,
            TopicList topics,
            PolicyFeed policies,
            DeadLetters deadLetters) {
        this.kafka = kafka;
        this.producer = producer;
        this.topics = topics;
        this.policies = policies;
        this.deadLetters = deadLetters.of(KafkaMaskReader.TOPIC);
    }

    private int partition(TrainingOrder order) {
        String placed = order.proxyOf() == null ? order.runId() : order.proxyOf();
        return Math.floorMod(placed.hashCode(), topics.partitions(KafkaLossLog.TOPIC));
    }

    /** A reader of the run's masks, from here on; to be taken before {@link #open}. */
    KafkaMaskReader masks(TrainingOrder order, int examples) {
        return KafkaMaskReader.atEnd(kafka, order.runId(), partition(order), examples, deadLetters::add);
    }

    /** Opens an attempt. */
    KafkaLossLog open(TrainingOrder order, DatasetIdentity dataset) throws InterruptedException {
        AttemptOpened.Builder opened = AttemptOpened.newBuilder();
        TrainingOrder proxy = order.proxy();
        if (proxy != null) {
            opened.setProxy(proxy.runId());
        }
        if (order.proxyOf() != null) {
            opened.setProxyOf(order.proxyOf());
        }
        opened.setDataset(OrderWire.toWire(dataset))
                .setModel(order.model())
                .setSeed(order.seed())
                .setEpochs(order.recipe().epochs())
                .setBatchSize(order.recipe().batchSize())
                .setWindow(order.window())
                .setReadsParts(true)
                .setReadsSpans(true)
                .setByBudget(!(order.recipe().budget() instanceof Budget.Epochs));
        return KafkaLossLog.open(producer, order.runId(), partition(order), opened.build());
    }

    /**
     * The policies of an attempt. A later attempt uses the revisions that earlier ones used as far as those got.
     *
     * @param before the run before this attempt
     * @param from the barrier of that checkpoint; null = the beginning
     */
    Policies policies(TrainingOrder order, Run before, @Nullable LoopState from) {
        Deque<StampedPolicy> stamped = from == null && before.attempt() < 0
                ? new ArrayDeque<>()
                : Stamps.read(kafka, order.runId(), partition(order), before.queuedMillis(), before.attempt())
                        .after(from == null ? 0 : from.epoch(), from == null ? 0 : from.announced());
        Policies now = policies.of(order.runId(), order.firstPolicy());
        return (epoch, progress) -> stamped.isEmpty() ? now.at(epoch, progress) : stamped.remove();
    }
}
