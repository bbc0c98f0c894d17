package org.dietsb.bench;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.dietsb.launcher.text.UserError;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;

/** Selectors that share the partitions of batch-losses. */
final class SelectorGroup {
    /** The processes are called so, and numbered. */
    static final String NAME = "selector";

    private static final String GROUP = "selector";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private SelectorGroup() {}

    /** A broker whose topics have so many partitions, and so many selectors that have shared them out. */
    static PrivateSystem start(int partitions, int selectors, int heap) throws InterruptedException {
        PrivateSystem system = PrivateSystem.start();
        try (Admin admin =
                Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, system.bootstrapServers()))) {
            makeTopics(admin, partitions);
            for (int i = 1; i <= selectors; i++) {
                system.startSelector(NAME + "-" + i, heap);
            }
            awaitShared(admin, system, partitions, selectors);
            return system;
        } catch (ExecutionException failed) {
            system.close();
            throw new UserError("the selectors cannot be set up: " + failed.getCause());
        } catch (RuntimeException | InterruptedException failed) {
            system.close();
            throw failed;
        }
    }

    /** Anew: those that the broker made have the partitions of topics.json. */
    private static void makeTopics(Admin admin, int partitions) throws InterruptedException, ExecutionException {
        List<String> names = List.of(KafkaLossLog.TOPIC, KafkaMaskReader.TOPIC);
        admin.deleteTopics(names).all().get();
        admin.createTopics(names.stream()
                        .map(name -> new NewTopic(name, partitions, (short) 1))
                        .toList())
                .all()
                .get();
    }

    /** Not the services' own readiness, which wants the partitions of topics.json. */
    private static void awaitShared(Admin admin, PrivateSystem system, int partitions, int selectors)
            throws InterruptedException, ExecutionException {
        long started = System.nanoTime();
        while (!isShared(admin, partitions, selectors)) {
            system.mustBeAlive();
            if (System.nanoTime() - started > PATIENCE.toNanos()) {
                throw new UserError(
                        "the selectors have not shared out their partitions within " + PATIENCE.toSeconds() + " s");
            }
            Thread.sleep(200);
        }
    }

    private static boolean isShared(Admin admin, int partitions, int selectors)
            throws InterruptedException, ExecutionException {
        try {
            Map<String, ConsumerGroupDescription> groups =
                    admin.describeConsumerGroups(List.of(GROUP)).all().get();
            ConsumerGroupDescription group = Objects.requireNonNull(groups.get(GROUP));
            return group.groupState() == GroupState.STABLE
                    && group.members().size() == selectors
                    && partitions
                            == group.members().stream()
                                    .mapToInt(member -> member.assignment()
                                            .topicPartitions()
                                            .size())
                                    .sum();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                // None of them has joined yet.
                return false;
            }
            throw failed;
        }
    }
}
