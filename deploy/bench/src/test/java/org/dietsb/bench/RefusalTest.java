package org.dietsb.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Invalid arguments are rejected in one line before anything is started. */
class RefusalTest {
    private final StringWriter says = new StringWriter();

    private int bench(String line) {
        return Bench.commandLine()
                .setErr(new PrintWriter(says))
                .setOut(new PrintWriter(says))
                .execute(line.isEmpty() ? new String[0] : line.split(" ", -1));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments("mask", "unknown command 'mask', did you mean mask-path? (see dietsb bench --help)"),
                arguments("mask-path 5", "unexpected argument '5' (see dietsb bench mask-path --help)"),
                arguments(
                        "mask-path --round 5",
                        "unknown option '--round', did you mean --rounds? (see dietsb bench mask-path --help)"),
                arguments("mask-path --rounds 0", "--rounds is 0, allowed is [1, 1000]"),
                arguments("mask-path --rounds few", "--rounds is few, allowed is a whole number"),
                arguments("mask-path --seconds 0", "--seconds is 0, allowed is (0, 3600]"),
                arguments("mask-path --warm-up NaN", "--warm-up is NaN, allowed is [0, 3600]"),
                arguments("mask-path --batch-size 128,0", "--batch-size is 0, allowed is [1, 65536]"),
                arguments("mask-path --batch-size many", "--batch-size is many, allowed is a whole number"),
                arguments("mask-path --window 2000", "--window is 2000, allowed is [1, 1024]"),
                arguments("mask-path --window 4,16,4", "--window is [4, 16, 4], allowed is each value once"),
                arguments("selector-load --runs 1,0", "--runs is 0, allowed is [1, 100000]"),
                arguments("selector-load --selectors 2,2", "--selectors is [2, 2], allowed is each value once"),
                arguments("selector-load --partitions 2000", "--partitions is 2000, allowed is [1, 1000]"),
                arguments("selector-load --rate 0", "--rate is 0, allowed is (0, 1000000]"),
                arguments("selector-load --heap 1", "--heap is 1, allowed is [64, 1048576]"),
                arguments("epoch-decision --examples 16777217", "--examples is 16777217, allowed is [1, 16777216]"),
                arguments("epoch-decision --epochs 1", "--epochs is 1, allowed is [2, 100]"),
                arguments("policies --examples 70000", "--examples is 70000, allowed is [1, 65536]"),
                arguments("start --idle -1", "--idle is -1, allowed is [0, 3600]"),
                arguments(
                        "start --against /no/such",
                        "--against is /no/such, allowed is a built checkout; /no/such/deploy/dietsb --version builds one"),
                arguments(
                        "beside --against /no/such mask-path",
                        "--against is /no/such, allowed is a built checkout; /no/such/deploy/dietsb --version builds one"),
                arguments("policies --warm-up 0", "--warm-up is 0, allowed is (0, 3600]"),
                arguments("loader --pictures 99", "--pictures is 99, allowed is [100, 1000000]"),
                arguments("loader --image-size 513", "--image-size is 513, allowed is [8, 512]"),
                arguments("loader --workers -1", "--workers is -1, allowed is [0, 64]"),
                arguments("policy-cost --batches 6", "--batches is 6, allowed is 4, 8, .., 10000"),
                arguments("policy-cost --window 0", "--window is 0, allowed is [1, 64]"),
                arguments("policy-cost --batch-size 0", "--batch-size is 0, allowed is [1, 65536]"),
                arguments("policy-cost --warm-up -1", "--warm-up is -1, allowed is [0, 3600]"),
                arguments(
                        "policy-cost --proxy resnet9",
                        "--proxy is resnet9, allowed is resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4, "
                                + "wrn-28-10, googlenet"),
                arguments("policy-cost --precision half", "--precision is half, allowed is float32 or bfloat16"),
                arguments(
                        "mask-path --json /no/such/m.json",
                        "--json is /no/such/m.json, allowed is a file in an existing folder"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void rejectsInvalidArgumentsInOneLine(String line, String why) {
        // When
        int exitCode = bench(line);
        // Then
        assertThat(says.toString()).isEqualToIgnoringNewLines("dietsb: " + why);
        assertThat(exitCode).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mask-path --help",
                "selector-load --help",
                "policy-cost --help",
                "policies --help",
                "loader --help"
            })
    void helpShowsDefaultsAsTheyAreWritten(String line) {
        assertThat(bench(line)).isZero();
        assertThat(says.toString()).contains("(default ").doesNotContain(".0)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "mask-path --help"})
    void helpListsEveryBenchmark(String line) {
        assertThat(bench(line)).isZero();
        assertThat(says.toString()).contains("Usage: dietsb bench", "mask-path");
    }
}
