package org.dietsb.trainer.run;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.trainer.train.TrainingOrder;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes orders out of one of their topics, one at a time, as a member of a share group: the broker locks an order for
 * whoever has it, and the lock is renewed for as long as its run lasts. An order whose lock lapses is another's; the run here
 * goes on until its attempt is fenced or over, and no other order is taken until then.
 */
final class OrderTaker implements Runnable {
    private static final Logger LOG = Logger.getLogger(OrderTaker.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final long SLICE_MILLIS = 50;

    /** What a run's future holds where its order is to go back to the queue. */
    static final Object GIVE_BACK = new Object();

    /** Where orders go to, and what has to be known before one is begun. */
    interface Trainer {
        /** Runs the order; done when it is over, or with {@link #GIVE_BACK}, and never if this trainer is shut down before. */
        Future<?> begin(TrainingOrder order);

        /** Whether all news of runs that is stored now is known here, in time. */
        boolean knowsAllNews(Duration timeout) throws InterruptedException;
    }

    private final Map<String, Object> settings;
    private final String topic;
    private final OrderGroup group;
    private final Producer<String, byte[]> producer;
    private final Trainer trainer;
    private final OrderMeters meters;
    /** A third of the lock, so that two renewals may fail to come in time. */
    private final long renewNanos;

    private final DeadLetters.Of deadLetters;
    private volatile boolean ready;
    private volatile boolean stopping;
    private volatile boolean releasing;

    /** What goes on without a lock. Of the one thread. */
    private @Nullable Future<?> alone;

    /**
     * Takes none yet.
     *
     * @param kafka settings that let a client in
     * @param topic where they wait
     */
    OrderTaker(
            Map<String, ?> kafka,
            String topic,
            OrderGroup group,
            Producer<String, byte[]> producer,
            Trainer trainer,
            OrderMeters meters,
            DeadLetters.Of deadLetters) {
        this.settings = new HashMap<>(kafka);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, OrderGroup.NAME);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, StringDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        // By default the broker may hand out more than was asked for, and they would wait for this run.
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        this.group = group;
        this.producer = producer;
        this.trainer = trainer;
        this.meters = meters;
        this.renewNanos = group.lock().toNanos() / 3;
        this.topic = topic;
        this.deadLetters = deadLetters;
    }

    /** Whether the group is set up and orders are asked for, or one is being run. */
    boolean isReady() {
        return ready;
    }

    /** Takes no more orders; the one that is held goes on. */
    void takeNoMore() {
        stopping = true;
    }

    /** Gives back the order that is held, at once, and ends the thread. */
    void release() {
        stopping = true;
        releasing = true;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                try {
                    group.setUp();
                    takeOrders();
                } catch (KafkaException passing) {
                    ready = false;
                    LOG.warnf("No orders can be taken now: %s", passing.getMessage());
                    Thread.sleep(PAUSE.toMillis());
                }
                awaitAlone();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until this trainer stops or a lock is lost: what that leaves of a consumer is not to be relied upon. */
    private void takeOrders() throws InterruptedException {
        ShareConsumer<String, byte[]> consumer = new KafkaShareConsumer<>(settings);
        try {
            consumer.subscribe(Set.of(topic));
            ready = true;
            while (!stopping && alone == null) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
                    if (!take(consumer, message)) {
                        return;
                    }
                }
            }
        } finally {
            close(consumer);
        }
    }

    /** What it still holds comes back to the queue with this. */
    private static void close(ShareConsumer<String, byte[]> consumer) {
        try {
            consumer.close(ANSWER);
        } catch (KafkaException away) {
            LOG.debugf("The group of trainers could not be left: %s", away.getMessage());
        }
    }

    /** False if the lock of this order is lost. */
    private boolean take(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message)
            throws InterruptedException {
        // It may have lain in this client until its lock lapsed.
        if (!renew(consumer, message)) {
            return false;
        }
        TrainingOrder order;
        try {
            order = parse(message);
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetters.add(message, poison.getMessage());
            return settle(consumer, message, AcknowledgeType.REJECT);
        }
        if (message.deliveryCount().orElse((short) 1) >= group.lastDelivery()) {
            return queueAnew(consumer, message);
        }
        if (stopping || !trainer.knowsAllNews(ANSWER)) {
            return settle(consumer, message, AcknowledgeType.RELEASE);
        }
        return hold(consumer, message, trainer.begin(order));
    }

    /** The order that a message holds. */
    static TrainingOrder parse(ConsumerRecord<String, byte[]> message) throws InvalidProtocolBufferException {
        byte[] value = message.value();
        if (value == null) {
            throw new IllegalArgumentException("a message without a value");
        }
        return OrderWire.fromWire(org.dietsb.trainer.wire.TrainingOrder.parseFrom(value));
    }

    private boolean hold(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message, Future<?> over)
            throws InterruptedException {
        long renewed = System.nanoTime();
        while (!isOver(over)) {
            if (releasing) {
                return settle(consumer, message, AcknowledgeType.RELEASE);
            }
            if (System.nanoTime() - renewed > renewNanos) {
                if (!renew(consumer, message)) {
                    alone = over;
                    return false;
                }
                renewed = System.nanoTime();
            }
        }
        return settle(consumer, message, isGivenBack(over) ? AcknowledgeType.RELEASE : AcknowledgeType.ACCEPT);
    }

    private static boolean isGivenBack(Future<?> over) throws InterruptedException {
        try {
            return over.get() == GIVE_BACK;
        } catch (ExecutionException ended) {
            return false;
        }
    }

    private void awaitAlone() throws InterruptedException {
        Future<?> over = alone;
        while (over != null && !releasing && !isOver(over)) {
            // Whoever has the order now opens a later attempt, which fences this one.
        }
        alone = null;
    }

    /** Waits a little for it. */
    private static boolean isOver(Future<?> over) throws InterruptedException {
        try {
            over.get(SLICE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException going) {
            return false;
        } catch (ExecutionException failed) {
            LOG.errorf(failed, "An order ended in an unforeseen way");
        }
        return true;
    }

    /** Whether the order is this trainer's for the length of a lock from now on. */
    private boolean renew(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message) {
        boolean mine = false;
        if (settle(consumer, message, AcknowledgeType.RENEW)) {
            // The client gives it back at its next poll.
            for (ConsumerRecord<String, byte[]> back : consumer.poll(Duration.ZERO)) {
                mine |= back.offset() == message.offset();
                if (back.offset() != message.offset()) {
                    consumer.acknowledge(back, AcknowledgeType.RELEASE);
                }
            }
        }
        if (!mine) {
            meters.lockLost();
        }
        return mine;
    }

    /** Tells the broker what became of an order; false if it is not this trainer's any more, as far as can be known. */
    private boolean settle(
            ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message, AcknowledgeType type) {
        String why;
        try {
            consumer.acknowledge(message, type);
            Optional<KafkaException> failed = consumer.commitSync(ANSWER).values().stream()
                    .flatMap(Optional::stream)
                    .findFirst();
            if (failed.isEmpty()) {
                return true;
            }
            why = failed.get().toString();
        } catch (KafkaException | IllegalStateException failed) {
            why = failed.toString();
        }
        LOG.warnf("The order of run %s is not this trainer's any more, it comes again: %s", message.key(), why);
        return false;
    }

    /**
     * The broker hands an order out so many times and then drops it: at the last of them it is queued anew, behind those
     * that wait.
     */
    private boolean queueAnew(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message)
            throws InterruptedException {
        LOG.warnf(
                "The order of run %s came %d times and no trainer ended it: it is queued anew",
                message.key(), message.deliveryCount().orElse((short) 0));
        ProducerRecord<String, byte[]> anew = new ProducerRecord<>(topic, message.key(), message.value());
        while (!isStored(anew)) {
            if (!renew(consumer, message)) {
                return false;
            }
        }
        meters.queuedAnew();
        return settle(consumer, message, AcknowledgeType.ACCEPT);
    }

    private boolean isStored(ProducerRecord<String, byte[]> message) throws InterruptedException {
        try {
            producer.send(message).get(ANSWER.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException | KafkaException failed) {
            LOG.warnf("Topic %s cannot be written now: %s", message.topic(), failed.getMessage());
            return false;
        }
    }
}
