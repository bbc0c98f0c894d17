package org.dietsb.faults.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Computes the whole file of masks; if it differs, the new one is in target/golden. */
class GoldenMasksLongTest {
    @Test
    void everyEpochOfEveryPolicyHasTheMasksOfTheFile() throws Exception {
        StringBuilder lines = new StringBuilder();
        int count = 0;
        try (GoldenMasks masks = new GoldenMasks()) {
            for (String run : GoldenMasks.POLICIES.keySet()) {
                MaskDigests found = masks.train(run, GoldenMasks.EPOCHS);
                assertThat(found.perEpoch()).as(run).hasSize(GoldenMasks.EPOCHS);
                count += found.count();
                lines.append(GoldenMasks.line(run, found)).append('\n');
            }
        }
        Path computed = Files.createDirectories(Path.of("target/golden")).resolve("masks.jsonl");
        Files.writeString(computed, lines);
        assertThat(count).isGreaterThanOrEqualTo(10_000);
        assertThat(GoldenMasks.FILE).hasSameTextualContentAs(computed, StandardCharsets.UTF_8);
    }
}
