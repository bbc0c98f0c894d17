package org.dietsb.launcher.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class DietReportTest {
    private final ObjectNode run = Runs.run("diet", .25, .25);

    @Test
    void alignsTheKeptExamplesOfEachClassAndWarnsIfOverHalfAreDropped() {
        // Given
        Runs.keptOfClass(run, "trouser", 1027, 231);
        Runs.keptOfClass(run, "coat", 986, 980);
        Runs.keptOfClass(run, "ankle boot", 1000, 500);
        Runs.keptOfClass(run, "bag", 3, 1);
        run.putObject("scoring").put("meanEl2nKept", .51239).put("meanEl2nDropped", .1);
        // Then
        assertThat(DietReport.of(run)).isEqualTo("""
            Kept per class by the diet:
              trouser     231 of 1027  coat        980 of  986  ankle boot  500 of 1000
              bag           1 of    3
            Warning: over half of trouser, bag was dropped; --balanced drops the same share of each class.
            Mean EL2N: 0.5124 of the kept examples, 0.1000 of the dropped examples.
            """);
    }

    @Test
    void doesNotWarnAtExactlyHalf() {
        Runs.keptOfClass(run, "coat", 10, 5);
        assertThat(DietReport.of(run)).doesNotContain("Warning").doesNotContain("EL2N");
    }

    @Test
    void isEmptyIfNothingWasDropped() {
        Runs.keptOfClass(run, "coat", 10, 10);
        assertThat(DietReport.of(run.put("prePruned", 0))).isEmpty();
    }
}
