package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rounds of faults: {@code -Dfaults.rounds} many, drawn from {@code -Dfaults.seed}. */
@ExtendWith(OneHarness.class)
class FaultRoundsTest {
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
    private static final long SEED = Long.getLong("faults.seed", 1);

    @Test
    void nothingIsLostInAnyRound(Harness first) throws Exception {
        List<Verdict> verdicts = new ArrayList<>();
        try {
            rounds(verdicts, first);
            while (verdicts.size() < ROUNDS) {
                try (Harness another = new Harness()) {
                    rounds(verdicts, another);
                }
            }
        } finally {
            Summary summary = new Summary(verdicts);
            System.out.print(summary.table());
            Files.write(Path.of(System.getProperty("faults.report", "target/faults.json")), summary.json());
        }
        assertThat(verdicts).filteredOn(verdict -> !verdict.isPassed()).isEmpty();
    }

    /** Runs rounds on one system until one fails, so that a failure does not affect the next round. */
    private static void rounds(List<Verdict> verdicts, Harness harness) throws Exception {
        while (verdicts.size() < ROUNDS) {
            Verdict verdict = harness.round(verdicts.size() + 1, SEED + verdicts.size());
            verdicts.add(verdict);
            System.out.print(verdict);
            if (!verdict.isPassed()) {
                System.out.println(
                        "    to repeat: mvn verify -Pfaults -Dfaults.rounds=1 -Dfaults.seed=" + verdict.seed());
                return;
            }
        }
    }
}
