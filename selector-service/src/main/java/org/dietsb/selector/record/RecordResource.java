package org.dietsb.selector.record;

import com.google.protobuf.ByteString;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.contracts.RunId;
import org.dietsb.contracts.StrictJson;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyWire;
import org.dietsb.kit.topic.UnreadException;
import org.dietsb.selector.door.Asked;
import org.dietsb.selector.door.Problems;
import org.dietsb.selector.run.Runs;
import org.dietsb.selector.wire.EpochRecord;
import org.dietsb.selector.wire.MaskRecord;
import org.dietsb.selector.wire.RunRecord;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** REST resource for recorded masks: lists, describes, exports and imports them. */
@Path("/mask-records")
@Tag(name = "mask records")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class RecordResource {
    private static final int PATIENCE_SECONDS = 10;

    private final MaskRecords records;
    private final Runs runs;
    private final Producer<String, byte[]> producer;

    RecordResource(MaskRecords records, Runs runs, Producer<String, byte[]> producer) {
        this.records = records;
        this.runs = runs;
        this.producer = producer;
    }

    /**
     * The masks of an epoch as JSON.
     *
     * @param selected bits in base64, one per example of the training set: bit i is byte i / 8, 1 << i % 8
     * @param kept examples that the diet left, likewise; omitted if it left all
     */
    @Schema(name = "RecordedMasks")
    public record MasksJson(
            @Schema(description = "whether selected examples had weights; false if it is not given") @Nullable
            Boolean weighted,

            @Schema(description = "the policy of the epoch") @Nullable
            PolicyJson policy,

            @Schema(
                    description =
                            "bits in base64, one per example of the training set: bit i is byte i / 8, 1 << i % 8")
            @Nullable
            String selected,

            @Schema(description = "examples that the diet left, likewise; without it all") @Nullable
            String kept) {}

    /**
     * The description of a run with its masks as JSON.
     *
     * @param epochs number of recorded epochs, from 1 on
     * @param checksum of all masks
     */
    @Schema(name = "RecordedRunGiven")
    public record RunJson(
            @Schema(description = "dataset of the run") @Nullable
            String dataset,

            @Schema(description = "number of examples of the training set") @Nullable
            Integer examples,

            @Schema(description = "fingerprint of the training set") @Nullable
            String fingerprint,

            @Schema(description = "network of the run") @Nullable
            String model,

            @Schema(description = "seed of the run") @Nullable
            Long seed,

            @Schema(description = "examples of a batch") @Nullable
            Integer batchSize,

            @Schema(description = "number of recorded epochs, from 1 on") @Nullable
            Integer epochs,

            @Schema(description = "accuracy of the run, [0, 1]; without it unknown") @Nullable
            Double accuracy,

            @Schema(description = "checksum of all masks") @Nullable
            String checksum) {}

    @GET
    @Operation(
            operationId = "listMaskRecords",
            summary = "Runs whose masks are recorded, the latest last",
            description = "Runs that are not over or ended early are listed too, with what their records lack.")
    public List<RecordView> all() {
        return records.all().stream().map(RecordView::of).toList();
    }

    @GET
    @Path("{id}")
    @Operation(operationId = "getMaskRecord", summary = "Describe the record of a run")
    @APIResponseSchema(value = RecordView.class, responseCode = "200", responseDescription = "OK")
    @APIResponse(responseCode = "404", description = "the run is not recorded")
    public RecordView one(@PathParam("id") String id) {
        return RecordView.of(found(id));
    }

    private RecordedRun found(String id) {
        return records.describe(id)
                .orElseThrow(() -> Problems.notFound("Not recorded", "the masks of run " + id + " are not recorded"));
    }

    @GET
    @Path("{id}/epochs/{epoch}")
    @Operation(operationId = "getMasks", summary = "Which examples an epoch selected")
    @APIResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = MasksJson.class)))
    @APIResponse(responseCode = "404", description = "the epoch is not recorded, or no longer kept")
    public MasksJson epoch(@PathParam("id") String id, @PathParam("epoch") String epoch) {
        Integer which = Asked.integer("epoch", epoch);
        EpochRecord record = records.epoch(id, which == null ? 0 : which)
                .orElseThrow(() -> Problems.notFound(
                        "Not recorded",
                        "the masks of run " + id + ", epoch " + epoch + ", are not recorded or no longer kept"));
        Base64.Encoder encoder = Base64.getEncoder();
        return new MasksJson(
                record.getWeighted(),
                PolicyJson.of(PolicyWire.fromWire(record.getPolicy())),
                encoder.encodeToString(record.getSelected().toByteArray()),
                record.getKept().isEmpty()
                        ? null
                        : encoder.encodeToString(record.getKept().toByteArray()));
    }

    @PUT
    @Path("{id}/epochs/{epoch}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "importMasks",
            summary = "Import the masks of an epoch, as exported elsewhere",
            description = "The record can be replayed once the run is imported too, after its epochs.")
    @RequestBody(content = @Content(schema = @Schema(implementation = MasksJson.class)))
    @APIResponse(responseCode = "204", description = "stored")
    @APIResponse(responseCode = "400", description = "malformed masks")
    @APIResponse(responseCode = "409", description = "a run of this id is known here, or its record is whole already")
    public void giveEpoch(@PathParam("id") String id, @PathParam("epoch") String epoch, @Nullable String body)
            throws InterruptedException {
        Integer which = Asked.integer("epoch", epoch);
        refuseIfKnown(id);
        List<MaskRecord> messages = Problems.orBadRequest("No masks", () -> {
            MasksJson masks = StrictJson.read(body, MasksJson.class, "the masks of an epoch");
            PolicyJson policy = required("policy", masks.policy());
            EpochRecord whole = EpochRecord.newBuilder()
                    .setEpoch(required("epoch", which))
                    .setSelected(bytes("selected", required("selected", masks.selected())))
                    .setKept(masks.kept() == null ? ByteString.EMPTY : bytes("kept", masks.kept()))
                    .setWeighted(masks.weighted() != null && masks.weighted())
                    .setPolicy(PolicyWire.toWire(policy.toPolicy()))
                    .build();
            RecordRules.checkWhole(whole);
            return ExampleParts.of(whole).stream()
                    .map(part -> checked(ExampleParts.message(id, 0, part)))
                    .toList();
        });
        for (MaskRecord message : messages) {
            store(message);
        }
    }

    @PUT
    @Path("{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "importMaskRecord",
            summary = "Import a run whose epochs were imported",
            description = "Refused unless the checksum is that of the epochs; then the run can be replayed.")
    @APIResponseSchema(value = RecordView.class, responseCode = "200", responseDescription = "OK")
    @RequestBody(content = @Content(schema = @Schema(implementation = RunJson.class)))
    @APIResponse(responseCode = "400", description = "malformed record, or not that of the epochs")
    @APIResponse(responseCode = "409", description = "a run of this id is known here, or its record is whole already")
    public RecordView giveRun(@PathParam("id") String id, @Nullable String body) throws InterruptedException {
        refuseIfKnown(id);
        MaskRecord message = Problems.orBadRequest("No record", () -> {
            RunJson given = StrictJson.read(body, RunJson.class, "a description of a run");
            RunRecord.Builder run = RunRecord.newBuilder()
                    .setDataset(required("dataset", given.dataset()))
                    .setExamples(required("examples", given.examples()))
                    .setFingerprint(required("fingerprint", given.fingerprint()))
                    .setModel(required("model", given.model()))
                    .setSeed(required("seed", given.seed()))
                    .setBatchSize(required("batchSize", given.batchSize()))
                    .setEpochs(required("epochs", given.epochs()))
                    .setReason("completed");
            if (given.accuracy() != null) {
                run.setAccuracy(given.accuracy());
            }
            MaskRecord record =
                    checked(MaskRecord.newBuilder().setRunId(id).setRun(run).build());
            RecordedRun would = records.with(id, record.getRun());
            String checksum = required("checksum", given.checksum());
            if (!would.missing().isEmpty()) {
                throw new IllegalArgumentException(would.missing());
            }
            if (!checksum.equals(would.checksum())) {
                throw new IllegalArgumentException("checksum is " + checksum
                        + ", allowed is that of the epochs that were given, " + would.checksum());
            }
            return record;
        });
        store(message);
        return RecordView.of(found(id));
    }

    private static MaskRecord checked(MaskRecord message) {
        RecordRules.check(message);
        return message;
    }

    /** Refuses records of runs that were trained here, and of runs whose record is whole. */
    private void refuseIfKnown(String id) throws InterruptedException {
        var unused = Problems.orBadRequest("No run id", () -> {
            RunId.check("run id", id);
            return id;
        });
        if (runs.find(id).isPresent()) {
            throw Problems.conflict(
                    "Known here", "run " + id + " was ordered here: its masks are those that were recorded");
        }
        RecordedRun known = records.describe(id).orElse(null);
        if (known != null && known.missing().isEmpty()) {
            throw Problems.conflict(
                    "Whole already",
                    "the record of run " + id + " is whole, checksum " + known.checksum() + ": it stays as it is");
        }
    }

    private void store(MaskRecord message) throws InterruptedException {
        try {
            producer.send(new ProducerRecord<>(MaskRecords.TOPIC, 0, MaskRecords.key(message), message.toByteArray()))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failed) {
            throw new UnreadException("the masks could not be stored", failed).unchecked();
        }
        if (!records.awaitEnd()) {
            throw new UnreadException("topic " + MaskRecords.TOPIC + " is not read").unchecked();
        }
    }

    private static ByteString bytes(String field, String base64) {
        try {
            return ByteString.copyFrom(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException not) {
            throw new IllegalArgumentException(field + " is not base64: " + not.getMessage(), not);
        }
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException(field + " is missing");
        }
        return value;
    }
}
