package org.dietsb.trainer.order;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.trainer.metric.OrderMeters;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes orders from one topic, one at a time, as a member of a share group. The broker locks an order for the trainer that holds it;
 * the trainer renews the lock while the run lasts. If the lock expires, the broker delivers the order to another trainer. The run
 * here then continues until its attempt is fenced or over, and no other order is taken before that.
 */
public final class OrderTaker implements Runnable {
    static final Duration ANSWER = Duration.ofSeconds(5);

    private static final Logger LOG = Logger.getLogger(OrderTaker.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final long SLICE_MILLIS = 50;

    /** Result of a run's future if its order is to be returned to the queue. */
    public static final Object GIVE_BACK = new Object();

    /** Runs orders, and knows what must be known before an order may begin. */
    public interface Trainer {
        /** Runs an order. The future completes when the run is over, or with {@link #GIVE_BACK}; never if this trainer shuts down first. */
        Future<?> begin(TrainingOrder order);

        /** Whether the outcome of an order could be stored now. */
        boolean canWrite() throws InterruptedException;

        /**
         * Whether a run that began here was ended, or continues, elsewhere. The lock does not tell: the broker accepts renewals of an
         * order that another trainer has finished.
         */
        boolean isElsewhere(String runId);

        /** Ends a run whose order is unusable, if there is one. */
        void refuse(String runId, String why) throws InterruptedException;

        /** Waits until all events of runs that are stored now are known here; returns false on timeout. */
        boolean knowsAllNews(Duration timeout) throws InterruptedException;
    }

    private final Map<String, Object> settings;
    private final String topic;
    private final String topicAtBroker;
    private final OrderGroup group;
    private final Producer<String, byte[]> producer;
    private final Trainer trainer;
    private final OrderMeters meters;
    /** A third of the lock, so that two renewals may come late. */
    private final long renewNanos;

    private final DeadLetters.Of deadLetters;
    private volatile boolean ready;
    private volatile boolean stopping;
    private volatile boolean releasing;

    /** The run that continues without a lock. Used by the taking thread only. */
    private @Nullable Future<?> unlocked;

    /**
     * Creates a taker that does not take orders yet.
     *
     * @param topic topic of the orders
     */
    public OrderTaker(
            ClientSettings kafka,
            String topic,
            OrderGroup group,
            Producer<String, byte[]> producer,
            Trainer trainer,
            OrderMeters meters,
            DeadLetters.Of deadLetters) {
        this.settings = kafka.with(Map.of(ConsumerConfig.GROUP_ID_CONFIG, OrderGroup.NAME));
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // By default the broker may deliver more records than requested, which would then wait for this run.
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        this.group = group;
        this.producer = producer;
        this.trainer = trainer;
        this.meters = meters;
        this.renewNanos = group.lock().toNanos() / 3;
        this.topic = topic;
        this.topicAtBroker = kafka.at(topic);
        this.deadLetters = deadLetters;
    }

    /** Whether the group is set up and this trainer polls for orders or runs one. */
    public boolean isReady() {
        return ready;
    }

    /** Takes no more orders; the order that is held continues. */
    public void takeNoMore() {
        stopping = true;
    }

    /** Returns the held order to the queue at once and ends the thread. */
    public void release() {
        stopping = true;
        releasing = true;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try {
                    if (trainer.canWrite()) {
                        group.setUp();
                        takeOrders();
                    } else {
                        ready = false;
                        Thread.sleep(PAUSE.toMillis());
                    }
                } catch (KafkaException passing) {
                    ready = false;
                    LOG.warnf("Cannot take orders now: %s", passing.getMessage());
                    Thread.sleep(PAUSE.toMillis());
                }
                awaitUnlocked();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes orders until this trainer stops or a lock is lost. After a lost lock the consumer is replaced. */
    private void takeOrders() throws InterruptedException {
        ShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(settings);
        try {
            consumer.subscribe(Set.of(topicAtBroker));
            ready = true;
            while (!stopping && unlocked == null && trainer.canWrite()) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                    if (!take(new HeldOrder(consumer, message, meters))) {
                        return;
                    }
                }
            }
        } finally {
            close(consumer);
        }
    }

    /** Closes the consumer, which returns to the queue what it still holds. */
    private static void close(ShareConsumer<String, byte[]> consumer) {
        try {
            consumer.close(ANSWER);
        } catch (KafkaException away) {
            LOG.debugf("Cannot leave the group of trainers: %s", away.getMessage());
        }
    }

    /** Handles an order; returns false if its lock is lost. */
    private boolean take(HeldOrder held) throws InterruptedException {
        // It may have waited in this client until its lock expired.
        if (!held.renew()) {
            return false;
        }
        TrainingOrder order;
        try {
            order = parse(held.message());
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetters.add(held.message(), poison.getMessage());
            trainer.refuse(String.valueOf(held.message().key()), "its order is unusable: " + poison.getMessage());
            return held.settle(AcknowledgeType.REJECT);
        }
        boolean known = !stopping && trainer.knowsAllNews(ANSWER);
        // A run that is over must not be queued again, although its lock can be renewed.
        if (held.deliveries() >= group.lastDelivery() && !(known && trainer.isElsewhere(order.runId()))) {
            return queueAnew(held);
        }
        if (!known) {
            return held.settle(AcknowledgeType.RELEASE);
        }
        return hold(held, trainer.begin(order));
    }

    /** Parses the order of a message. */
    static TrainingOrder parse(ConsumerRecord<String, byte[]> message) throws InvalidProtocolBufferException {
        byte[] value = message.value();
        if (value == null) {
            throw new IllegalArgumentException("a message without a value");
        }
        TrainingOrder order = OrderWire.fromWire(org.dietsb.trainer.wire.TrainingOrder.parseFrom(value));
        if (order.foreign()) {
            throw new IllegalArgumentException(
                    "foreign is true, allowed is false in an order: a loop of its own trains such a run");
        }
        return order;
    }

    private boolean hold(HeldOrder held, Future<?> over) throws InterruptedException {
        long renewed = System.nanoTime();
        while (!isOver(over)) {
            if (releasing) {
                return held.settle(AcknowledgeType.RELEASE);
            }
            if (trainer.isElsewhere(held.message().key())) {
                meters.lockLost();
                // If it is not this trainer's any more, the broker refuses that, or ignores it.
                held.settle(AcknowledgeType.ACCEPT);
                unlocked = over;
                return false;
            }
            if (System.nanoTime() - renewed > renewNanos) {
                if (!held.renew()) {
                    unlocked = over;
                    return false;
                }
                renewed = System.nanoTime();
            }
        }
        return held.settle(isGivenBack(over) ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
    }

    private static boolean isGivenBack(Future<?> over) throws InterruptedException {
        try {
            return over.get() == GIVE_BACK;
        } catch (ExecutionException ended) {
            return false;
        }
    }

    private void awaitUnlocked() throws InterruptedException {
        Future<?> over = unlocked;
        while (over != null && !releasing && !isOver(over)) {
            // The trainer that has the order now opens a later attempt, which fences this one.
        }
        unlocked = null;
    }

    /** Waits a short while for the run to end. */
    private static boolean isOver(Future<?> over) throws InterruptedException {
        try {
            over.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException going) {
            return false;
        } catch (ExecutionException failed) {
            LOG.errorf(failed, "An order ended with an unexpected error");
        }
        return true;
    }

    /**
     * Writes the order to the end of the queue and accepts this delivery. The broker drops an order after a limited number of
     * deliveries; this is done at the last one.
     */
    private boolean queueAnew(HeldOrder held) throws InterruptedException {
        ConsumerRecord<String, byte[]> message = held.message();
        LOG.warnf(
                "The order of run %s was delivered %d times and not completed by any trainer; queueing it again",
                message.key(), held.deliveries());
        while (!isStored(new ProducerRecord<>(topic, message.key(), message.value()))) {
            if (!held.renew()) {
                return false;
            }
        }
        meters.queuedAnew();
        return held.settle(AcknowledgeType.ACCEPT);
    }

    private boolean isStored(ProducerRecord<String, byte[]> message) throws InterruptedException {
        try {
            producer.send(message).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            LOG.warnf("Cannot write to topic %s now: %s", message.topic(), failed.getMessage());
            return false;
        }
    }
}
