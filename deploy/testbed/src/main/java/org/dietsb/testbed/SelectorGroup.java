package org.dietsb.testbed;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.dietsb.launcher.text.UserError;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.mask.KafkaMaskReader;

/** Selectors that share the partitions of batch-losses. */
public final class SelectorGroup {
    /** Name of the processes, to which their number is appended. */
    public static final String NAME = "selector";

    private static final String GROUP = "selector";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private SelectorGroup() {}

    /**
     * Starts a broker and selectors, and waits until these have shared out the partitions.
     *
     * @param heap of each selector in MiB
     */
    public static PrivateSystem start(int partitions, int selectors, int heap) throws InterruptedException {
        PrivateSystem system = PrivateSystem.start();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", system.bootstrapServers()))) {
            List<String> topics = List.of(KafkaLossLog.TOPIC, KafkaMaskReader.TOPIC);
            // The broker creates them with the partitions of topics.json.
            admin.deleteTopics(topics).all().get();
            createTopics(admin, topics, partitions);
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

    /** Creates topics with this number of partitions. */
    public static void createTopics(Admin admin, List<String> names, int partitions)
            throws InterruptedException, ExecutionException {
        admin.createTopics(names.stream()
                        .map(name -> new NewTopic(name, partitions, (short) 1))
                        .toList())
                .all()
                .get();
    }

    /** Does not use the services' own readiness, which requires the partitions of topics.json. */
    private static void awaitShared(Admin admin, PrivateSystem system, int partitions, int selectors)
            throws InterruptedException, ExecutionException {
        long started = System.nanoTime();
        while (!isShared(admin, partitions, selectors)) {
            system.processes().mustBeAlive();
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
            ConsumerGroupDescription group = Objects.requireNonNull(
                    admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP));
            int assigned = group.members().stream()
                    .mapToInt(member -> member.assignment().topicPartitions().size())
                    .sum();
            return group.groupState() == GroupState.STABLE
                    && group.members().size() == selectors
                    && assigned == partitions;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof GroupIdNotFoundException) {
                // No selector has joined yet.
                return false;
            }
            throw failed;
        }
    }
}
