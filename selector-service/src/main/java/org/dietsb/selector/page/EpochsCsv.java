package org.dietsb.selector.page;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/** The figures of a run's completed epochs as CSV: shares as fractions, losses in nats, an unknown value empty. */
final class EpochsCsv {
    private static final String END = "\r\n";

    private EpochsCsv() {}

    private enum Column {
        EPOCH(RunSheet.Figures::epoch),
        ACCURACY(RunSheet.Figures::accuracy),
        TRAIN_LOSS(RunSheet.Figures::trainLoss),
        MEAN_LOSS_SEEN(RunSheet.Figures::meanLossSeen),
        MEAN_LOSS_SELECTED(RunSheet.Figures::meanLossSelected),
        KEPT(RunSheet.Figures::kept),
        PASSES(RunSheet.Figures::passes),
        BACKWARD_EXAMPLES(RunSheet.Figures::backwardExamples),
        SELECTION_EXAMPLES(RunSheet.Figures::selectionExamples),
        SECONDS(RunSheet.Figures::seconds),
        SELECTION_SECONDS(RunSheet.Figures::selectionSeconds),
        STEP_SECONDS(RunSheet.Figures::stepSeconds),
        MASK_WAIT_SECONDS(RunSheet.Figures::maskWait),
        SHARE(RunSheet.Figures::share);

        private final Function<RunSheet.Figures, @Nullable Object> value;

        Column(Function<RunSheet.Figures, @Nullable Object> value) {
            this.value = value;
        }

        String of(RunSheet.Figures epoch) {
            Object found = value.apply(epoch);
            return found == null ? "" : found.toString();
        }
    }

    static String of(RunSheet run) {
        String header = Arrays.stream(Column.values())
                .map(column -> column.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(","));
        return header
                + END
                + run.figures().stream()
                        .map(epoch -> Arrays.stream(Column.values())
                                        .map(column -> column.of(epoch))
                                        .collect(Collectors.joining(","))
                                + END)
                        .collect(Collectors.joining());
    }
}
