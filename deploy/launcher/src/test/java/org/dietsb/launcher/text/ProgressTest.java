package org.dietsb.launcher.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProgressTest {
    private static final String LONG = "epoch 100/100  accuracy 0.812  keep 100 %  mask wait 10.2 %";

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);

    @Test
    void printsLinesAndNoBarWithoutATerminal() {
        try (Progress progress = new Progress("training", false, out)) {
            progress.line("epoch 1");
            progress.to(.5, "halfway");
        }
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("epoch 1");
    }

    @Test
    void drawsABarAndNoLinesOnATerminalAndEndsItOnce() {
        try (Progress progress = new Progress("training", true, out)) {
            progress.line("epoch 1");
            progress.to(.5, "halfway");
            progress.close();
            progress.to(1, "too late");
        }
        assertThat(written.toString(StandardCharsets.UTF_8))
                .contains("training 50% [", "halfway")
                .doesNotContain("epoch 1", "too late")
                .containsOnlyOnce("\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 60, 79, 99, 139, 250})
    void fillsTheWidthAndPrefersTheMessageToTheBar(int width) {
        // When
        List<String> drawn = draw(width);
        // Then
        assertThat(drawn).isNotEmpty().allSatisfy(line -> assertThat(line).hasSize(width));
        assertThat(drawn.get(drawn.size() - 1)).contains("epoch 100/100", " left");
        if (width >= 79) {
            assertThat(drawn.get(drawn.size() - 1)).contains(LONG, " left");
        }
        if (width >= 99) {
            assertThat(drawn.get(drawn.size() - 1)).startsWith("training 50% [=");
        }
    }

    private static List<String> draw(int width) {
        List<String> drawn = new ArrayList<>();
        ProgressBarConsumer consumer = new ProgressBarConsumer() {
            @Override
            public int getMaxRenderedLength() {
                return width;
            }

            @Override
            public void accept(String line) {
                drawn.add(line);
            }

            @Override
            public void close() {}
        };
        try (ProgressBar bar = new ProgressBarBuilder()
                .setTaskName("training")
                .setInitialMax(100)
                .setConsumer(consumer)
                .setRenderer(new BarRenderer())
                .build()) {
            bar.setExtraMessage(LONG);
            bar.stepTo(50);
        }
        return drawn;
    }
}
