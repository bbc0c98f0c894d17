package org.dietsb.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.dietsb.testbed.Spread;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Report report = new Report(
            "a machine",
            List.of(
                    new Row("round trip", Spread.of(List.of(3.0, 1.0, 2.5)), Limit.atMost(2))
                            .with("unit", "ms")
                            .with("ours", 1.23456)
                            .with("cpuSeconds", Map.of("ours", Map.of("broker", 0.123456))),
                    new Row("masks", Spread.of(List.of(.9, .8)), Limit.atLeast(.8)).with("plain", 12_345.6),
                    new Row("free", Spread.of(List.of(1.0)), null)));

    @Test
    void tableShowsEachRowWithItsFiguresAndItsLimit() {
        assertThat(report.table().lines())
                .map(line -> line.strip().replaceAll(" {2,}", "|"))
                .containsExactly(
                        "benchmark|unit|ours|plain|ratio (min - max)|limit",
                        "round trip|ms|1.235|2.500 (1.000 - 3.000)|<= 2.000|missed",
                        "masks|12350|0.8500 (0.8000 - 0.9000)|>= 0.8000",
                        "free|1.000 (1.000 - 1.000)",
                        "a machine");
    }

    @Test
    void jsonHasEveryFigure() throws IOException {
        // When
        JsonNode json = new ObjectMapper().readTree(report.json());
        // Then
        assertThat(json).isEqualTo(new ObjectMapper().readTree("""
                        {"machine": "a machine", "rows": [
                          {"name": "round trip", "ratio": 2.5, "limit": 2.0, "min": 1.0, "max": 3.0,
                           "unit": "ms", "ours": 1.235, "cpuSeconds": {"ours": {"broker": 0.1235}}},
                          {"name": "masks", "ratio": 0.85, "limit": 0.8, "min": 0.8, "max": 0.9, "plain": 12350.0},
                          {"name": "free", "ratio": 1.0, "limit": null, "min": 1.0, "max": 1.0}
                        ]}"""));
    }

    @Test
    void valuesOtherThanRatiosHaveAUnit() throws IOException {
        // When
        Report nanos = new Report(
                "a machine", "ns", List.of(new Row("rank", Spread.of(List.of(60.0, 58.0)), Limit.atMost(100))));
        // Then
        assertThat(nanos.table()).contains("ns (min - max)").doesNotContain("ratio");
        assertThat(new ObjectMapper().readTree(nanos.json())).isEqualTo(new ObjectMapper().readTree("""
                        {"machine": "a machine", "rows": [
                          {"name": "rank", "value": 59.0, "unit": "ns", "limit": 100.0, "min": 58.0, "max": 60.0}
                        ]}"""));
    }
}
