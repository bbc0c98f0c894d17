package org.dietsb.trainer.mask;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.EpochMask;
import org.dietsb.selector.wire.EpochMaskPart;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.selector.wire.SelectorState;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answers to one run from topic backprop-masks: without a group, only the run's partition, from its end offset before the
 * attempt was opened. It uses a plain consumer, because partition and offset are known only when a run begins.
 */
public final class KafkaMaskReader implements AutoCloseable {
    public static final String TOPIC = "backprop-masks";
    private static final Logger LOG = Logger.getLogger(KafkaMaskReader.class);

    private final KafkaConsumer<String, byte[]> consumer;
    private final String runId;
    private final int examples;
    private final BiConsumer<ConsumerRecord<String, byte[]>, String> deadLetters;
    private @Nullable Thread thread;
    private volatile boolean closing;

    private KafkaMaskReader(
            KafkaConsumer<String, byte[]> consumer,
            String runId,
            int examples,
            BiConsumer<ConsumerRecord<String, byte[]>, String> deadLetters) {
        this.consumer = consumer;
        this.runId = runId;
        this.examples = examples;
        this.deadLetters = deadLetters;
    }

    /**
     * Seeks to the end of the partition without reading yet.
     *
     * @param examples size of the training set
     * @param deadLetters receives messages for this run that are not valid answers, with the reason
     */
    public static KafkaMaskReader atEnd(
            ClientSettings kafka,
            String runId,
            int partition,
            int examples,
            BiConsumer<ConsumerRecord<String, byte[]>, String> deadLetters) {
        Map<String, Object> settings = kafka.with(Map.of());
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        // A mask ends a fetch at once. Without masks, rare fetches leave the cores to the training.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 5_000);
        KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new ByteArrayDeserializer());
        TopicPartition place = new TopicPartition(kafka.at(TOPIC), partition);
        consumer.assign(List.of(place));
        consumer.seekToEnd(List.of(place));
        consumer.position(place);
        return new KafkaMaskReader(consumer, runId, examples, deadLetters);
    }

    /** Starts to read answers to this attempt into the inbox. */
    public void start(long attempt, MaskInbox inbox) {
        Thread reading = new Thread(() -> readOn(attempt, inbox), "masks-of-" + runId);
        reading.setDaemon(true);
        reading.start();
        thread = reading;
    }

    private void readOn(long attempt, MaskInbox inbox) {
        try {
            while (!closing) {
                List<Answer> answers = new ArrayList<>();
                for (ConsumerRecord<String, byte[]> received : consumer.poll(Duration.ofSeconds(1))) {
                    if (runId.equals(received.key())) {
                        answer(received, attempt, inbox).ifPresent(answers::add);
                    }
                }
                inbox.offer(answers);
            }
        } catch (WakeupException closed) {
            LOG.tracef("Reader of run %s closed", runId);
        } catch (RuntimeException failed) {
            LOG.errorf(failed, "Masks of run %s can no longer be read", runId);
            inbox.offer(new Answer.Refused("masks can no longer be read: " + failed.getMessage()));
        } finally {
            // By default closing waits for the fetch in flight, which the broker holds for long if there are no masks.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    /** Returns the answer that a message holds for this attempt, if any. */
    private Optional<Answer> answer(ConsumerRecord<String, byte[]> received, long attempt, MaskInbox inbox) {
        try {
            Optional<Answer> answer = parse(received.value(), attempt, examples);
            answer.flatMap(inbox::flaw).ifPresent(flaw -> deadLetters.accept(received, flaw));
            return answer;
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            deadLetters.accept(received, String.valueOf(poison.getMessage()));
            return Optional.empty();
        }
    }

    /**
     * Returns the answer that a message holds for an attempt, if any.
     *
     * @param examples size of the training set
     * @throws IllegalArgumentException if bits or weights are out of range
     */
    static Optional<Answer> parse(byte @Nullable [] value, long attempt, int examples)
            throws InvalidProtocolBufferException {
        MaskMessage message = MaskMessage.parseFrom(value == null ? new byte[0] : value);
        return message.getAttempt() == attempt ? Optional.ofNullable(fromWire(message, examples)) : Optional.empty();
    }

    private static @Nullable Answer fromWire(MaskMessage message, int examples) {
        return switch (message.getAnswerCase()) {
            case EPOCH_MASK -> fromWire(message.getEpochMask(), examples, message.getTakesSpans());
            case EPOCH_MASK_PART -> fromWire(message.getEpochMaskPart(), examples, message.getTakesSpans());
            case BATCH_MASK -> fromWire(message.getBatchMask(), examples);
            case SPAN_MASK ->
                new Answer.SpanMask(message.getSpanMask().getMasksList().stream()
                        .map(mask -> fromWire(mask, examples))
                        .toList());
            case FENCED -> new Answer.Fenced(message.getFenced().getByAttempt());
            case UNKNOWN -> new Answer.Unknown();
            case REFUSED -> new Answer.Refused(message.getRefused().getReason());
            case SELECTOR_STATE -> fromWire(message.getSelectorState(), examples);
            case ANSWER_NOT_SET -> null;
        };
    }

    private static Answer.BatchMask fromWire(BatchMask mask, int examples) {
        int[] selected = places(mask.getSelected(), mask.getSelectedCount(), examples);
        float[] weights = new float[mask.getWeightsCount()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = mask.getWeights(i);
            if (!(weights[i] >= 0) || Float.isInfinite(weights[i])) {
                throw new IllegalArgumentException("weight is " + weights[i] + ", allowed is 0 or more, and finite");
            }
        }
        if (weights.length != 0 && weights.length != selected.length) {
            throw new IllegalArgumentException(weights.length + " weights for " + selected.length + " examples");
        }
        return new Answer.BatchMask(
                mask.getEpoch(), mask.getBatch(), mask.getRevision(), selected, weights.length == 0 ? null : weights);
    }

    /** Rejects a part that is larger than the state of that many examples can be, so that no more is held. */
    private static Answer.StatePart fromWire(SelectorState state, int examples) {
        int most = StateWire.mostParts(examples);
        int numbers = state.getHistoryCount()
                + state.getLastLossesCount()
                + state.getTimesSelectedCount()
                + state.getRecentLossesCount();
        if (state.getParts() > most || numbers > StateWire.LARGEST_PART) {
            throw new IllegalArgumentException("a state of " + Integer.toUnsignedString(state.getParts())
                    + " parts, one of "
                    + numbers + " losses and counts, allowed is at most " + most
                    + ", of " + StateWire.LARGEST_PART);
        }
        if (state.getRecord().size() > StateWire.mostRecordBytes(examples)) {
            throw new IllegalArgumentException("a state's record of "
                    + state.getRecord().size() + " bytes, allowed is at most " + StateWire.mostRecordBytes(examples));
        }
        return StateWire.fromWire(state);
    }

    private static Answer.EpochMask fromWire(EpochMask mask, int examples, boolean takesSpans) {
        int[] kept = mask.getKept().isEmpty() ? null : places(mask.getKept(), mask.getKeptCount(), examples);
        if (mask.getWeighted().isEmpty()) {
            return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept, null, takesSpans);
        }
        if (kept == null || !(mask.getWeight() > 0) || Float.isInfinite(mask.getWeight())) {
            throw new IllegalArgumentException("weight is " + mask.getWeight() + " of "
                    + (kept == null ? "all" : kept.length) + " examples, allowed is above 0, and finite, of some");
        }
        BitSet weighted = BitSet.valueOf(mask.getWeighted().asReadOnlyByteBuffer());
        float[] weights = new float[kept.length];
        for (int i = 0; i < kept.length; i++) {
            weights[i] = weighted.get(kept[i]) ? mask.getWeight() : 1;
        }
        return new Answer.EpochMask(mask.getEpoch(), mask.getRevision(), kept, weights, takesSpans);
    }

    private static Answer.EpochPart fromWire(EpochMaskPart wire, int examples, boolean takesSpans) {
        int parts = (int) ((examples + EpochParts.EXAMPLES - 1L) / EpochParts.EXAMPLES);
        int part = wire.getPart();
        if (wire.getParts() != parts || part < 0 || part >= parts) {
            throw new IllegalArgumentException("part " + Integer.toUnsignedString(part) + " of "
                    + Integer.toUnsignedString(wire.getParts()) + " of an epoch, allowed is [0, " + parts + ") of "
                    + parts);
        }
        int first = part * EpochParts.EXAMPLES;
        int size = Math.min(EpochParts.EXAMPLES, examples - first);
        BitSet kept = bits("kept", wire.getKept(), size);
        if (kept.cardinality() != wire.getKeptCount()) {
            throw new IllegalArgumentException(
                    kept.cardinality() + " bits set, declared are " + Integer.toUnsignedString(wire.getKeptCount()));
        }
        BitSet weighted = wire.getWeighted().isEmpty() ? new BitSet() : bits("weighted", wire.getWeighted(), size);
        if (!weighted.isEmpty() && (!(wire.getWeight() > 0) || Float.isInfinite(wire.getWeight()))) {
            throw new IllegalArgumentException("weight is " + wire.getWeight() + ", allowed is above 0, and finite");
        }
        return new Answer.EpochPart(
                wire.getEpoch(), wire.getRevision(), part, parts, first, kept, weighted, wire.getWeight(), takesSpans);
    }

    private static BitSet bits(String field, ByteString bytes, int size) {
        BitSet bits = BitSet.valueOf(bytes.asReadOnlyByteBuffer());
        if (bytes.size() != (size + 7) / 8 || bits.length() > size) {
            throw new IllegalArgumentException(field + " has " + bytes.size() + " bytes, the last bit is "
                    + (bits.length() - 1) + ", allowed are the " + (size + 7) / 8 + " bytes of " + size + " examples");
        }
        return bits;
    }

    private static int[] places(ByteString bits, int count, int examples) {
        if (bits.size() > (examples + 7) / 8) {
            throw new IllegalArgumentException(bits.size() + " bytes of bits for at most " + examples + " examples");
        }
        int[] places = BitSet.valueOf(bits.asReadOnlyByteBuffer()).stream().toArray();
        if (places.length > 0 && places[places.length - 1] >= examples) {
            throw new IllegalArgumentException(
                    "bit " + places[places.length - 1] + " is set, allowed is [0, " + examples + ")");
        }
        if (places.length != count) {
            throw new IllegalArgumentException(places.length + " bits set, declared are " + count);
        }
        return places;
    }

    @Override
    public void close() {
        closing = true;
        Thread reading = thread;
        if (reading == null) {
            consumer.close();
            return;
        }
        consumer.wakeup();
        try {
            reading.join(5_000);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
