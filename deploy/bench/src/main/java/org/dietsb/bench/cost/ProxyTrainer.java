package org.dietsb.bench.cost;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.launcher.text.Complaints;
import org.dietsb.testbed.Clients;
import org.dietsb.testbed.Logs;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.wire.LossMessage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains a proxy beside each run that opens with one, until it is stopped. Runs in a process of its own, because DJL collects
 * only one gradient at a time in a process.
 */
@Command(name = "proxy-trainer")
final class ProxyTrainer implements Callable<Integer> {
    @Option(names = "--bootstrap-servers", required = true)
    private String bootstrapServers = "";

    @Option(names = "--proxy", required = true)
    private String proxy = "";

    @Mixin
    private TurnOptions turns = new TurnOptions();

    public static void main(String[] arguments) {
        Logs.warningsOnly();
        System.exit(Complaints.inLines(new CommandLine(new ProxyTrainer()), "").execute(arguments));
    }

    /** Returns the arguments of this program. */
    static List<String> arguments(String bootstrapServers, String proxy, TurnOptions turns) {
        List<String> arguments =
                new ArrayList<>(List.of("--bootstrap-servers=" + bootstrapServers, "--proxy=" + proxy));
        arguments.addAll(turns.arguments());
        return arguments;
    }

    @Override
    public Integer call() throws InterruptedException, InvalidProtocolBufferException {
        Turn turn = turns.open();
        List<TopicPartition> place = List.of(new TopicPartition(KafkaLossLog.TOPIC, Turn.PARTITION));
        try (KafkaConsumer<String, byte[]> consumer = Clients.consumer(bootstrapServers)) {
            consumer.assign(place);
            consumer.seekToBeginning(place);
            while (true) {
                for (ConsumerRecord<String, byte[]> message : consumer.poll(Duration.ofMillis(500))) {
                    LossMessage event = LossMessage.parseFrom(message.value());
                    if (!event.getAttemptOpened().getProxy().isEmpty()) {
                        turn.runProxyOf(message.key(), proxy, bootstrapServers);
                    }
                }
            }
        }
    }
}
