package org.dietsb.trainer.order;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.dietsb.kit.topic.Prefix;
import org.dietsb.trainer.TrainerConfig;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The share group of all trainers: its settings and limits at the broker, and its open orders. */
@Singleton
public class OrderGroup {
    // Not "trainer": earlier versions used a consumer group of that name, for which brokers reject a share group.
    public static final String NAME = "trainers";

    private static final Logger LOG = Logger.getLogger(OrderGroup.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** The group's own limit, since Kafka 4.3; it takes precedence over the broker's. */
    private static final String DELIVERIES_OF_GROUP = "share.delivery.count.limit";

    private static final String DELIVERIES_OF_BROKER = "group.share.delivery.count.limit";
    private static final String MOST_DELIVERIES_OF_BROKER = "group.share.max.delivery.count.limit";
    /** The smallest limit that a broker accepts. */
    private static final int FEWEST_DELIVERIES = 2;

    private final Admin admin;
    private final Prefix prefix;
    private final String name;
    private final ConfigResource group;
    private final Duration lock;
    private volatile int lastDelivery = FEWEST_DELIVERIES;

    @Inject
    OrderGroup(Admin admin, TrainerConfig config, Prefix prefix) {
        this(admin, config.orderLock(), prefix);
    }

    OrderGroup(Admin admin, Duration lock, Prefix prefix) {
        this.admin = admin;
        this.prefix = prefix;
        this.name = prefix.at(NAME);
        this.group = new ConfigResource(ConfigResource.Type.GROUP, name);
        this.lock = lock;
    }

    /** How long the broker keeps an order for a silent trainer. */
    Duration lock() {
        return lock;
    }

    /**
     * Sets the group up: orders written before the group existed count, and locks last as long as configured. Idempotent.
     *
     * @throws KafkaException if the broker does not answer, or is too old
     */
    void setUp() throws InterruptedException {
        try {
            await(admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(
                                    set("share.auto.offset.reset", "earliest"),
                                    set("share.record.lock.duration.ms", String.valueOf(lock.toMillis())))))
                    .all());
        } catch (ExecutionException failed) {
            if (!(failed.getCause() instanceof AuthorizationException)) {
                throw new KafkaException("cannot set up group " + name + ": " + failed.getCause(), failed);
            }
            LOG.warnf(
                    "Group %s must be set up by a principal with permission, see README: %s", name, failed.getCause());
        } catch (TimeoutException silent) {
            throw new KafkaException("cannot set up group " + name + ": the broker does not answer", silent);
        }
        lastDelivery = limit();
    }

    private static <T> T await(KafkaFuture<T> answer)
            throws InterruptedException, ExecutionException, TimeoutException {
        return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static AlterConfigOp set(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
    }

    private int limit() throws InterruptedException {
        try {
            ConfigResource broker = new ConfigResource(
                    ConfigResource.Type.BROKER,
                    await(admin.describeCluster().nodes()).iterator().next().idString());
            Map<ConfigResource, Config> configs =
                    await(admin.describeConfigs(List.of(group, broker)).all());
            ConfigEntry own = entry(configs.get(group), DELIVERIES_OF_GROUP);
            if (own != null && own.source() == ConfigSource.DYNAMIC_GROUP_CONFIG) {
                int most = number(entry(configs.get(broker), MOST_DELIVERIES_OF_BROKER))
                        .orElse(Integer.MAX_VALUE);
                return Math.min(number(own).orElse(FEWEST_DELIVERIES), most);
            }
            return number(entry(configs.get(broker), DELIVERIES_OF_BROKER)).orElse(FEWEST_DELIVERIES);
        } catch (ExecutionException | TimeoutException unknown) {
            LOG.debugf("Cannot read the limit of deliveries: %s", unknown);
            return FEWEST_DELIVERIES;
        }
    }

    private static @Nullable ConfigEntry entry(@Nullable Config config, String name) {
        return config == null ? null : config.get(name);
    }

    private static OptionalInt number(@Nullable ConfigEntry entry) {
        return entry == null || entry.value() == null
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(entry.value()));
    }

    /** Counts the orders of each topic that no trainer has settled yet; omits topics for which the broker returns no count. */
    public Map<String, Long> open() throws InterruptedException {
        try {
            Map<TopicPartition, SharePartitionOffsetInfo> partitions =
                    await(admin.listShareGroupOffsets(Map.of(name, new ListShareGroupOffsetsSpec()))
                            .partitionsToOffsetInfo(name));
            Map<String, Long> open = new HashMap<>();
            Set<String> unknown = new HashSet<>();
            partitions.forEach((partition, offset) -> {
                String topic = prefix.of(partition.topic());
                if (offset == null || offset.lag().isEmpty()) {
                    unknown.add(topic);
                } else {
                    open.merge(topic, offset.lag().get(), Long::sum);
                }
            });
            open.keySet().removeAll(unknown);
            return open;
        } catch (ExecutionException | TimeoutException unknown) {
            LOG.debugf("Cannot read the number of open orders: %s", unknown);
            return Map.of();
        }
    }

    /** The delivery, counted from 1, after which the broker drops an order; the smallest possible if that is not known. */
    int lastDelivery() {
        return lastDelivery;
    }
}
