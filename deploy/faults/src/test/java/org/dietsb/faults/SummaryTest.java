package org.dietsb.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import org.dietsb.faults.plan.Fault;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private static final Fault CUT = new Fault(Fault.Where.TRAINER, Fault.Kind.CUT, 7, Duration.ofMillis(1_500));

    private final Summary summary = new Summary(List.of(new Verdict(
            1,
            42,
            "random -> repb",
            List.of(new Injected(CUT, "trainer-2", 1_000, 2.5), new Injected(CUT, "trainer-1", 9_000, null)),
            75,
            3,
            1,
            4,
            61.5,
            List.of("end: 1 dead letters"))));

    @Test
    void tableHasALineForEachKindOfFault() {
        assertThat(summary.table().lines())
                .map(line -> line.strip().replaceAll(" {2,}", "|"))
                .containsExactly(
                        "fault|injected|recovered|standstill s, median|worst",
                        "trainer cut|2|1|2.5|2.5",
                        "0 of 1 rounds passed");
    }

    @Test
    void jsonHasEveryFaultAndEveryRound() throws Exception {
        assertThat(new ObjectMapper().readTree(summary.json())).isEqualTo(new ObjectMapper().readTree("""
                        {"faults": [{"fault": "trainer cut", "injected": 2, "recovered": 1, "median": 2.5, "worst": 2.5}],
                         "rounds": [{"round": 1, "seed": 42, "passed": false, "seconds": 61.5, "policies": "random -> repb",
                           "attempts": 3, "doubles": 1, "fenced": 4,
                           "faults": [
                             {"fault": "trainer cut", "part": "trainer-2", "atMillis": 1000, "holdSeconds": 1.5,
                              "standstillSeconds": 2.5},
                             {"fault": "trainer cut", "part": "trainer-1", "atMillis": 9000, "holdSeconds": 1.5}],
                           "complaints": ["end: 1 dead letters"]}]}"""));
    }

    @Test
    void verdictListsFaultsAndComplaints() {
        assertThat(summary.rounds().get(0).toString().lines())
                .containsExactly(
                        "Round 1, seed 42: FAILED after 62 s; random -> repb; 75 batches, 3 attempts, 1 masks twice, "
                                + "4 messages fenced",
                        "    cut trainer at batch 7 for 1.5 s, trainer-2: stood still for 2.5 s",
                        "    cut trainer at batch 7 for 1.5 s, trainer-1: nothing left to do",
                        "    end: 1 dead letters");
    }
}
