package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;

/** What a diet left of each class, with a warning where it took over half. */
final class DietReport {
    private DietReport() {}

    static String of(JsonNode run) {
        StringBuilder report = new StringBuilder("Kept per class:");
        StringBuilder warnings = new StringBuilder();
        for (JsonNode of : run.path("keptPerClass")) {
            int count = of.path("count").asInt();
            int kept = of.path("kept").asInt();
            report.append(' ')
                    .append(of.path("name").asText())
                    .append(' ')
                    .append(kept)
                    .append('/')
                    .append(count);
            report.append(',');
            if (kept * 2 < count) {
                warnings.append("Warning: class ")
                        .append(of.path("name").asText())
                        .append(
                                " lost over half of its examples to the diet; --balanced drops the same share of each\n");
            }
        }
        report.setCharAt(report.length() - 1, '\n');
        return report.append(warnings).toString();
    }
}
