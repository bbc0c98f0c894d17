package org.dietsb.trainer.order;

import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.dietsb.trainer.metric.OrderMeters;
import org.jboss.logging.Logger;

/** An order that the broker has locked for this trainer. */
record HeldOrder(ShareConsumer<String, byte[]> consumer, ConsumerRecord<String, byte[]> message, OrderMeters meters) {
    private static final Logger LOG = Logger.getLogger(HeldOrder.class);

    /** How often the broker has delivered the order, this time included. */
    int deliveries() {
        return message.deliveryCount().orElse((short) 1);
    }

    /** Renews the lock to its full duration from now on; returns false if the lock is lost. */
    boolean renew() {
        boolean mine = false;
        if (settle(AcknowledgeType.RENEW)) {
            // The client returns the record with its next poll.
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

    /** Acknowledges the order; returns false if, as far as is known, it no longer belongs to this trainer. */
    boolean settle(AcknowledgeType type) {
        String why;
        try {
            consumer.acknowledge(message, type);
            Optional<KafkaException> failed = consumer.commitSync(OrderTaker.ANSWER).values().stream()
                    .flatMap(Optional::stream)
                    .findFirst();
            if (failed.isEmpty()) {
                return true;
            }
            why = failed.get().toString();
        } catch (KafkaException | IllegalStateException failed) {
            why = failed.toString();
        }
        LOG.warnf(
                "The order of run %s no longer belongs to this trainer and will be delivered again: %s",
                message.key(), why);
        return false;
    }
}
