package org.dietsb.trainer.order;

import org.dietsb.trainer.TrainerConfig;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jboss.logging.Logger;

/** The share group of all trainers, and what the broker must know of it before the first of them joins. */
@Singleton
class OrderGroup {
    // Not "trainer": that was a consumer group once, and brokers that knew it refuse a share group of its name.
    static final String NAME = "trainers";

    private static final Logger LOG = Logger.getLogger(OrderGroup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String DELIVERIES = "group.share.delivery.count.limit";
    /** The smallest limit that a broker can have. */
    private static final int FEWEST_DELIVERIES = 2;

    private final Admin admin;
    private final Duration lock;
    private volatile int lastDelivery = FEWEST_DELIVERIES;

    @Inject
    OrderGroup(Admin admin, TrainerConfig config) {
        this(admin, config.orderLock());
    }

    OrderGroup(Admin admin, Duration lock) {
        this.admin = admin;
        this.lock = lock;
    }

    /** How long an order is kept for a trainer that is silent. */
    Duration lock() {
        return lock;
    }

    /**
     * Orders that were there before the group count, and locks are as long as said; does no harm twice.
     *
     * @throws KafkaException if the broker does not answer, or is too old
     */
    void setUp() throws InterruptedException {
        try {
            Collection<AlterConfigOp> settings = List.of(
                    set("share.auto.offset.reset", "earliest"),
                    set("share.record.lock.duration.ms", String.valueOf(lock.toMillis())));
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, NAME), settings))
                    .all()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof AuthorizationException)) {
                throw new KafkaException("group " + NAME + " cannot be set up: " + failed.getCause(), failed);
            }
            LOG.warnf("Whoever may must set up group %s, as the README says: %s", NAME, failed.getCause());
        } catch (TimeoutException silent) {
            throw new KafkaException("group " + NAME + " cannot be set up: the broker does not answer", silent);
        }
        lastDelivery = limit();
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private int limit() throws InterruptedException {
        try {
            Node node = admin.describeCluster()
                    .nodes()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .iterator()
                    .next();
            ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, node.idString());
            Config config = admin.describeConfigs(List.of(broker))
                    .all()
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .get(broker);
            ConfigEntry deliveries = config == null ? null : config.get(DELIVERIES);
            return deliveries == null ? FEWEST_DELIVERIES : Integer.parseInt(deliveries.value());
        } catch (ExecutionException | TimeoutException unknown) {
            LOG.debugf("How often an order is delivered is not known: %s", unknown);
            return FEWEST_DELIVERIES;
        }
    }

    /** Orders of each topic that no trainer has settled yet, as the broker counts them; those it does not tell of are left out. */
    Map<String, Long> open() throws InterruptedException {
        try {
            Map<TopicPartition, SharePartitionOffsetInfo> partitions = admin.listShareGroupOffsets(
                            Map.of(NAME, new ListShareGroupOffsetsSpec()))
                    .partitionsToOffsetInfo(NAME)
                    .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            Map<String, Long> open = new HashMap<>();
            Set<String> unknown = new HashSet<>();
            partitions.forEach((partition, offset) -> {
                if (offset == null || offset.lag().isEmpty()) {
                    unknown.add(partition.topic());
                } else {
                    open.merge(partition.topic(), offset.lag().get(), Long::sum);
                }
            });
            open.keySet().removeAll(unknown);
            return open;
        } catch (ExecutionException | TimeoutException unknown) {
            LOG.debugf("How many orders are open is not known: %s", unknown);
            return Map.of();
        }
    }

    /** The delivery, from 1, after which the broker drops an order; the smallest there can be if it does not say. */
    int lastDelivery() {
        return lastDelivery;
    }
}
