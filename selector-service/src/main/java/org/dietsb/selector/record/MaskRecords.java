package org.dietsb.selector.record;

import com.google.protobuf.InvalidProtocolBufferException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.RunId;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.selector.SelectorConfig;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jspecify.annotations.Nullable;

/**
 * Reads topic mask-records whole: which runs have their masks recorded, and where. The masks themselves stay in the topic and are
 * fetched on demand, so that memory is bounded by the number of runs and epochs. Thread-safe.
 */
@ApplicationScoped
public class MaskRecords {
    /** Compacted, one partition. */
    public static final String TOPIC = "mask-records";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final RecordIndex index;
    private final RecordLog log;
    private final ReadPosition position;

    /**
     * The masks of an epoch.
     *
     * @param kept the examples that the diet left; null if it left all
     */
    public record Masks(BitSet selected, @Nullable BitSet kept) {}

    @Inject
    MaskRecords(TopicEnds ends, DeadLetters deadLetters, RecordLog log, SelectorConfig config) {
        this(new ReadPosition(TOPIC, ends, deadLetters), log, config.mostRecords());
    }

    MaskRecords(ReadPosition position, RecordLog log, int mostRuns) {
        this(position, log, mostRuns, Runtime.getRuntime().maxMemory() / 8);
    }

    /**
     * Creates an empty one.
     *
     * @param mostBytes of memory that the index of the epochs may take
     */
    MaskRecords(ReadPosition position, RecordLog log, int mostRuns, long mostBytes) {
        this.position = position;
        this.log = log;
        this.index = new RecordIndex(mostRuns, mostBytes);
    }

    /** Waits until everything that was in the topic at the start is read; returns false on timeout. */
    public boolean awaitRead(Duration timeout) throws InterruptedException {
        return position.awaitCaughtUp(timeout);
    }

    /** Waits until everything that is in the topic now is read; returns false on timeout. */
    boolean awaitEnd() throws InterruptedException {
        return position.awaitEnd(PATIENCE);
    }

    /** Returns all recorded runs; the one updated last is at the end. */
    public List<RecordedRun> all() {
        return index.all();
    }

    /** Returns what is recorded of a run. */
    public Optional<RecordedRun> describe(String runId) {
        return index.describe(runId);
    }

    /** Returns what would be recorded of a run with this record of its end. */
    RecordedRun with(String runId, RunRecord run) {
        return index.with(runId, run);
    }

    /**
     * Returns the recorded run that a policy names, which {@linkplain RecordedRun#mustServe may not serve} its kind. Waits, up to a timeout, until everything that is in the topic now is read.
     *
     * @param of a run id; with @ and a checksum exactly one record of it
     * @param examples size of the replaying run's training set; 0 if neither it nor the fingerprint is known yet
     * @throws RefusalException if the masks cannot be used, or are of another training set
     */
    public RecordedRun find(String of, int examples, String fingerprint) throws RefusalException {
        try {
            return found(of, examples, fingerprint);
        } catch (RefusalException unknownYet) {
            try {
                if (!awaitEnd()) {
                    throw new RefusalException(
                            "the masks of " + of + " cannot be looked up: topic " + TOPIC + " is not read");
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return found(of, examples, fingerprint);
        }
    }

    private RecordedRun found(String of, int examples, String fingerprint) throws RefusalException {
        String runId = of.replaceFirst("@.*", "");
        RecordedRun run = describe(runId)
                .orElseThrow(() -> new RefusalException("the masks of run " + runId + " are not recorded"));
        if (run.checksum() == null) {
            RefusalException.unlessEmpty(run.missing());
        }
        RunRecord end = Objects.requireNonNull(run.end(), "the record is whole");
        if (examples != 0 && (end.getExamples() != examples || !fingerprint.equals(end.getFingerprint()))) {
            throw new RefusalException("the masks of run " + runId + " are of another dataset than this run's: of "
                    + end.getDataset() + ", " + end.getExamples() + " examples, fingerprint " + end.getFingerprint());
        }
        if (!of.equals(runId) && !of.equals(run.name())) {
            throw new RefusalException("the masks of " + of + " are no longer recorded: run " + runId
                    + " has others, checksum " + run.checksum());
        }
        return run;
    }

    /**
     * Returns the masks of an epoch of a run; empty if the topic no longer has them.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public Optional<Masks> masks(RecordedRun run, int epoch) {
        return epoch(run.runId(), epoch)
                .map(record -> new Masks(
                        Bits.fromWire("selected", record.getSelected(), run.examples()),
                        record.getKept().isEmpty() ? null : Bits.fromWire("kept", record.getKept(), run.examples())));
    }

    /**
     * Returns the masks of an epoch that is over, of a run that may still be active; empty if they are not recorded.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public Optional<Masks> masks(String runId, int epoch, int examples) throws InterruptedException {
        var unused = awaitEnd();
        return epoch(runId, epoch)
                .filter(record ->
                        record.getFirstBatch() == 0 && record.getSelected().size() == (examples + 7) / 8)
                .map(record -> new Masks(Bits.fromWire("selected", record.getSelected(), examples), null));
    }

    /** Returns the record of an epoch as it is in the topic, its parts joined; empty if it is not there. */
    Optional<EpochRecord> epoch(String runId, int epoch) {
        List<EpochRecord> parts = new ArrayList<>();
        List<IndexedEpoch.Piece> pieces =
                index.find(runId, epoch).map(IndexedEpoch::whole).orElse(List.of());
        for (IndexedEpoch.Piece piece : pieces) {
            Optional<EpochRecord> part = log.at(piece.offset()).flatMap(value -> read(value, piece));
            part.ifPresent(parts::add);
            if (part.isEmpty()) {
                return Optional.empty();
            }
        }
        return parts.isEmpty() ? Optional.empty() : Optional.of(ExampleParts.joined(parts));
    }

    private static Optional<EpochRecord> read(byte[] value, IndexedEpoch.Piece piece) {
        try {
            MaskRecord message = MaskRecord.parseFrom(value);
            EpochRecord record = message.hasEpochPart() ? message.getEpochPart() : message.getEpoch();
            return MessageDigest.isEqual(RecordRules.digest(record), piece.digest())
                    ? Optional.of(record)
                    : Optional.empty();
        } catch (InvalidProtocolBufferException unreadable) {
            return Optional.empty();
        }
    }

    /** Returns the key of a record. */
    public static String key(MaskRecord record) {
        return switch (record.getRecordCase()) {
            case EPOCH -> record.getRunId() + "/" + record.getEpoch().getEpoch();
            case EPOCH_PART ->
                record.getRunId() + "/" + record.getEpochPart().getEpoch() + "/"
                        + record.getEpochPart().getPart();
            case RUN, RECORD_NOT_SET -> record.getRunId();
        };
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(MaskRecord.parseFrom(value), message.offset()));
    }

    private void accept(MaskRecord record, long offset) {
        RunId.check("run id", record.getRunId());
        switch (record.getRecordCase()) {
            case EPOCH, EPOCH_PART -> index.add(record.getRunId(), RecordRules.epoch(record, offset));
            case RUN -> index.add(record, RecordRules.run(record));
            case RECORD_NOT_SET ->
                throw new IllegalArgumentException("a record without content that this version knows");
        }
    }
}
