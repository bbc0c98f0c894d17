package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rounds of faults, as many as {@code -Dfaults.rounds} says, drawn from {@code -Dfaults.seed}. */
class FaultRoundsTest {
    private static final int ROUNDS = Integer.getInteger("faults.rounds", 1);
    private static final long SEED = Long.getLong("faults.seed", 1);

    @Test
    void nothingIsLostWhateverDies() throws Exception {
        List<Verdict> verdicts = new ArrayList<>();
        try (Harness harness = new Harness()) {
            for (int round = 0; round < ROUNDS; round++) {
                Verdict verdict = harness.round(round + 1, SEED + round);
                System.out.print(verdict);
                if (!verdict.isPassed()) {
                    System.out.println(
                            "    again: mvn verify -Pfaults -Dfaults.rounds=1 -Dfaults.seed=" + verdict.seed());
                }
                verdicts.add(verdict);
            }
        }
        Summary summary = new Summary(verdicts);
        System.out.print(summary.table());
        Files.write(Path.of(System.getProperty("faults.report", "target/faults.json")), summary.json());
        assertThat(verdicts).filteredOn(verdict -> !verdict.isPassed()).isEmpty();
    }
}
