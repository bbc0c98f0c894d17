package org.dietsb.trainer.run;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.apache.kafka.clients.producer.Producer;
import org.dietsb.kit.stop.CleanStop;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.metric.OrderMeters;
import org.dietsb.trainer.news.RunEvents;
import org.dietsb.trainer.order.OrderGroup;
import org.dietsb.trainer.order.OrderTaker;
import org.dietsb.trainer.policy.PolicyFeed;

/** Takes orders for the executor, from start-up to shutdown. */
@Singleton
public class OrderLoop {
    private final Producer<String, byte[]> producer;
    private final RunExecutor executor;
    private final NetworkLoader networks;
    private final RunEvents events;
    private final PolicyFeed policies;
    private final OrderTaker taker;
    private final Thread thread = new Thread(this::takeOrders, "orders");
    private volatile boolean closing;

    OrderLoop(
            ClientSettings kafka,
            OrderGroup group,
            Producer<String, byte[]> producer,
            RunExecutor executor,
            NetworkLoader networks,
            RunEvents events,
            PolicyFeed policies,
            OrderMeters meters,
            DeadLetters deadLetters,
            TrainerConfig config) {
        this.producer = producer;
        this.executor = executor;
        this.networks = networks;
        this.events = events;
        this.policies = policies;
        String topic = config.takes().topic();
        this.taker = new OrderTaker(kafka, topic, group, producer, executor, meters, deadLetters.of(topic));
    }

    void start(@Observes StartupEvent event) {
        networks.start();
        thread.start();
    }

    private void takeOrders() {
        try {
            // Before all events are read, a run that is over may seem new, and one with swapped policies unswapped.
            while (!closing && !(events.isRead() && policies.isRead())) {
                Thread.sleep(20);
            }
            taker.run();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the thread that takes orders is alive. */
    public boolean isRunning() {
        return thread.isAlive();
    }

    /** Whether orders are being taken. */
    public boolean isReady() {
        return taker.isReady();
    }

    /** Stops the run, then gives its order back, then leaves the group. */
    void shutDown(@Observes ShutdownEvent event, CleanStop stop) throws InterruptedException {
        closing = true;
        taker.takeNoMore();
        if (!executor.shutDown()) {
            stop.failed("the trainer thread has not ended within " + RunExecutor.STOP_SECONDS + " s");
        }
        taker.release();
        thread.join(15_000);
        stop.joined(thread);
        producer.flush();
    }
}
