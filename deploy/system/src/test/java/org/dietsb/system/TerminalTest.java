package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command as a person at a terminal sees it. */
class TerminalTest extends OnRunningSystem {
    private static final String ESCAPE = "\u001b[";
    private static final Map<String, String> AS_IT_IS = Map.of();

    private static final String[] SHORT_RUN = {
        "train", "--policy", "baseline,random", "--seed", "1,2", "--limit", "64", "--epochs", "1", "--batch-size", "32"
    };

    private static void assertFits(OnTerminal terminal, int columns) {
        assertThat(terminal.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(columns));
    }

    @Test
    void showsRunsAndTheirTableWithinTheWidth() throws Exception {
        int columns = 60;
        try (OnTerminal train = system.terminal(columns, AS_IT_IS, SHORT_RUN)) {
            assertThat(train.exitCode()).as(train::text).isZero();
            assertThat(train.text())
                    .contains("Run 1 of 4: baseline", "Run 4 of 4: random", "min left in all", "epoch 1/1", "done")
                    .containsPattern("over seeds +n +accuracy");
            List<String> tables = train.lines().stream()
                    .dropWhile(line -> !line.startsWith("method"))
                    .takeWhile(line -> !line.contains(": "))
                    .toList();
            assertThat(tables).hasSizeGreaterThan(4).allSatisfy(line -> assertThat(line)
                    .hasSizeLessThanOrEqualTo(columns));
            assertThat(train.lines().stream().filter(line -> line.contains("epoch ")))
                    .isNotEmpty()
                    .allSatisfy(bar -> assertThat(bar).hasSizeLessThanOrEqualTo(columns));
        }
        try (OnTerminal runs = system.terminal(columns, AS_IT_IS, "runs")) {
            assertThat(runs.exitCode()).isZero();
            assertThat(runs.text()).contains("COMPLETED", "accuracy");
            assertFits(runs, columns);
        }
    }

    @Test
    void countsTheBatchesOfAScoring() throws Exception {
        try (OnTerminal score = system.terminal(
                80,
                AS_IT_IS,
                "score",
                "--limit",
                "320",
                "--batch-size",
                "32",
                "--score-members",
                "2",
                "--score-epochs",
                "2",
                "--seed",
                "77")) {
            assertThat(score.exitCode()).as(score::text).isZero();
            assertThat(score.text()).contains("2 of 2 models, batch 40 of 40").containsPattern("Score set \\S+: 320");
        }
    }

    @Test
    void coloursStatesUnlessAskedNotTo() throws Exception {
        try (Launched train =
                system.command("train", "--limit", "64", "--epochs", "1", "--policy", "baseline", "--detach")) {
            assertThat(train.exitCode()).as(train::output).isZero();
        }
        try (OnTerminal coloured = system.terminal(100, AS_IT_IS, "runs");
                OnTerminal plain = system.terminal(100, Map.of("NO_COLOR", "1"), "runs");
                OnTerminal dumb = system.terminal(100, Map.of("TERM", "dumb"), "runs");
                Launched piped = system.command("runs")) {
            assertThat(coloured.exitCode()).isZero();
            assertThat(plain.exitCode()).isZero();
            assertThat(dumb.exitCode()).isZero();
            assertThat(piped.exitCode()).isZero();
            assertThat(coloured.raw()).contains(ESCAPE + "1mstate", ESCAPE);
            assertThat(plain.raw()).contains("state").doesNotContain(ESCAPE);
            assertThat(dumb.raw()).contains("state").doesNotContain(ESCAPE);
            assertThat(piped.output()).contains("state").doesNotContain(ESCAPE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 80})
    void helpFitsAndIsColouredUnlessAskedNotTo(int columns) throws Exception {
        for (List<String> command :
                List.of(List.of("--help"), List.of("train", "--help"), List.of("policy", "--help"))) {
            try (OnTerminal help = OnTerminal.start(columns, AS_IT_IS, system.home(), command);
                    OnTerminal plain = OnTerminal.start(columns, Map.of("NO_COLOR", "1"), system.home(), command)) {
                assertThat(help.exitCode()).isZero();
                assertThat(plain.exitCode()).isZero();
                assertFits(help, columns);
                assertThat(help.raw()).contains(ESCAPE);
                assertThat(plain.raw()).isEqualTo(help.text());
            }
        }
    }

    @Test
    void saysAfterCtrlCHowToGoOn() throws Exception {
        Launched.assumeCtrlC();
        String[] longRun = {
            "train", "--policy", "baseline", "--limit", "512", "--epochs", "5000", "--evaluate-every", "0"
        };
        try (OnTerminal train = system.terminal(80, AS_IT_IS, longRun)) {
            train.says("epoch 2/5000");
            train.ctrlC();
            assertThat(train.exitCode()).isEqualTo(130);
            assertThat(train.text())
                    .containsPattern("fashion-mini-resnet8-baseline-\\w+ +CANCELLED")
                    .contains("goes on from its last checkpoint: dietsb resume RUN")
                    .doesNotContain("Exception");
        }
    }
}
