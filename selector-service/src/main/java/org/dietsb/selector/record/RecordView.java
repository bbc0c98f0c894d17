package org.dietsb.selector.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.selector.wire.RunRecord;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A recorded run as JSON; unknown values are omitted.
 *
 * @param whole whether the run can be replayed
 * @param missing why it cannot be replayed, in words; omitted if it can
 * @param checksum of all masks; omitted unless all epochs are recorded, which is enough for random-like
 * @param keep mean share of all examples that an epoch selected
 */
@Schema(name = "RecordedRun")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RecordView(
        String runId,
        long attempt,
        boolean whole,
        @Nullable String missing,
        @Nullable String checksum,
        @Nullable String dataset,
        @Nullable Integer examples,
        @Nullable String fingerprint,
        @Nullable String model,
        @Nullable Long seed,
        @Nullable Integer batchSize,
        @Nullable String ended,
        @Nullable Double accuracy,
        @Nullable Double keep,
        @Nullable PolicyJson policy,
        List<EpochView> epochs) {

    /**
     * A recorded epoch as JSON.
     *
     * @param epoch from 1
     * @param kept number of examples that the diet left; omitted if it left all
     * @param keep selected examples as a share of all; omitted if their number is unknown
     * @param policy that judged the first batch
     */
    @Schema(name = "RecordedEpoch")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record EpochView(
            int epoch,
            int selected,
            @Nullable Integer kept,
            @Nullable Double keep,
            PolicyJson policy) {}

    static RecordView of(RecordedRun run) {
        Optional<RunRecord> end = Optional.ofNullable(run.end());
        double examples = run.examples();
        return new RecordView(
                run.runId(),
                run.attempt(),
                run.missing().isEmpty(),
                run.missing().isEmpty() ? null : run.missing(),
                run.checksum(),
                end.map(RunRecord::getDataset).orElse(null),
                end.map(RunRecord::getExamples).orElse(null),
                end.map(RunRecord::getFingerprint).orElse(null),
                end.map(RunRecord::getModel).orElse(null),
                end.map(RunRecord::getSeed).orElse(null),
                end.map(RunRecord::getBatchSize).orElse(null),
                end.map(RunRecord::getReason).orElse(null),
                end.filter(RunRecord::hasAccuracy).map(RunRecord::getAccuracy).orElse(null),
                end.map(over -> run.keep()).orElse(null),
                run.epochs().stream()
                        .findFirst()
                        .map(epoch -> PolicyJson.of(epoch.policy()))
                        .orElse(null),
                run.epochs().stream()
                        .map(epoch -> new EpochView(
                                epoch.epoch(),
                                epoch.selected(),
                                epoch.kept(),
                                end.map(over -> epoch.selected() / examples).orElse(null),
                                PolicyJson.of(epoch.policy())))
                        .toList());
    }
}
