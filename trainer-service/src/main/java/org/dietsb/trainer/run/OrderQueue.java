package org.dietsb.trainer.run;

import com.google.protobuf.InvalidProtocolBufferException;
import io.smallrye.reactive.messaging.kafka.Record;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.CompletionStage;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.reactive.messaging.Acknowledgment;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.Emitter;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.eclipse.microprofile.reactive.messaging.Message;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/**
 * Topic training-orders: orders go in, and this trainer takes them out one at a time. An order is acknowledged when its run
 * is over, so that it comes again if this trainer dies.
 */
@ApplicationScoped
class OrderQueue {
    static final String IN = "training-orders";
    static final String OUT = "training-orders-out";
    private static final Logger LOG = Logger.getLogger(OrderQueue.class);

    private final Emitter<Record<String, byte[]>> emitter;
    private final RunExecutor executor;

    OrderQueue(
            @Channel(OUT) @OnOverflow(OnOverflow.Strategy.UNBOUNDED_BUFFER) Emitter<Record<String, byte[]>> emitter,
            RunExecutor executor) {
        this.emitter = emitter;
        this.executor = executor;
    }

    void add(TrainingOrder order) {
        emitter.send(Record.of(order.runId(), OrderWire.toWire(order).toByteArray()))
                .toCompletableFuture()
                .join();
    }

    @Incoming(IN)
    @Acknowledgment(Acknowledgment.Strategy.MANUAL)
    CompletionStage<Void> take(Message<byte[]> message) {
        TrainingOrder order;
        try {
            order = OrderWire.fromWire(org.dietsb.trainer.wire.TrainingOrder.parseFrom(message.getPayload()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            LOG.warnf("A message on topic %s is no order: %s", IN, poison.getMessage());
            return message.nack(poison);
        }
        return executor.submit(order).thenCompose(finished -> message.ack());
    }
}
