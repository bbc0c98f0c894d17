package org.dietsb.trainer.order;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.kit.topic.Mutations;
import org.dietsb.kit.topic.TopicFuzz;
import org.dietsb.trainer.Takes;
import org.dietsb.trainer.rest.TestOrders;
import org.dietsb.trainer.train.TrainingOrder;
import org.junit.jupiter.api.Test;

/** The parser of orders rejects broken messages with its declared exceptions only. */
class OrderFuzzTest {
    @Test
    void everyMessageIsAnOrderOrRejected() {
        List<byte[]> valid = List.of(OrderWire.toWire(TestOrders.baseline("a")).toByteArray());
        Mutations mutations = new Mutations(new Random(TopicFuzz.SEED));
        long started = System.nanoTime();
        int orders = 0;
        int poison = 0;
        for (int i = 0; i < Mutations.MESSAGES; i++) {
            try {
                TrainingOrder order =
                        OrderTaker.parse(new ConsumerRecord<>(Takes.ALL.topic(), 0, i, "a", mutations.of(valid)));
                assertThat(order.window()).isBetween(1, 64);
                orders++;
            } catch (InvalidProtocolBufferException | IllegalArgumentException declared) {
                poison++;
            } catch (RuntimeException undeclared) {
                throw new AssertionError("seed " + TopicFuzz.SEED + ", message " + i, undeclared);
            }
        }
        System.out.printf(
                "training-orders: %d fed = %d orders + %d poison, %.1f s%n",
                Mutations.MESSAGES, orders, poison, (System.nanoTime() - started) / 1e9);
        assertThat(orders + poison).as("seed %d", TopicFuzz.SEED).isEqualTo(Mutations.MESSAGES);
        assertThat(List.of(orders, poison)).allMatch(count -> count > 0);
    }
}
