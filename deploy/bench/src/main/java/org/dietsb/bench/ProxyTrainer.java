package org.dietsb.bench;

import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.dietsb.trainer.loss.KafkaLossLog;
import org.dietsb.trainer.wire.LossMessage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains a proxy beside each run that opens with one, until it is ended. A process of its own: DJL collects one gradient at a
 * time in a process.
 */
@Command(name = "proxy-trainer", hidden = true)
final class ProxyTrainer implements Callable<Integer> {
    @Option(names = "--bootstrap-servers", required = true)
    private String bootstrapServers = "";

    @Option(names = "--proxy", required = true)
    private String proxy = "";

    @Mixin
    private TurnOptions turns = new TurnOptions();

    /** Of this command. */
    static List<String> arguments(String bootstrapServers, String proxy, TurnOptions turns) {
        List<String> arguments = new ArrayList<>(
                List.of("proxy-trainer", "--bootstrap-servers=" + bootstrapServers, "--proxy=" + proxy));
        arguments.addAll(turns.arguments());
        return arguments;
    }

    @Override
    public Integer call() throws InterruptedException, InvalidProtocolBufferException {
        Turn turn = turns.open();
        List<TopicPartition> place = List.of(new TopicPartition(KafkaLossLog.TOPIC, OpenRun.PARTITION));
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
