package org.dietsb.launcher.summary;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a diet left of each class, with a warning where it took over half, and how hard what it kept and dropped is. */
public final class DietReport {
    private static final int WIDTH = 80;

    private DietReport() {}

    /** Of a summary; empty if its run dropped nothing for good. */
    public static String of(JsonNode run) {
        JsonNode classes = run.path("keptPerClass");
        if (classes.isEmpty() || run.path("prePruned").asDouble() == 0) {
            return "";
        }
        StringBuilder report = new StringBuilder("Kept per class by the diet:\n");
        int longest = 0;
        int digits = 1;
        for (JsonNode one : classes) {
            longest = Math.max(longest, one.path("name").asText().length());
            digits = Math.max(digits, one.path("count").asText().length());
        }
        String format = "  %-" + longest + "s %" + digits + "d of %" + digits + "d";
        List<String> halved = new ArrayList<>();
        int column = 0;
        for (JsonNode one : classes) {
            int count = one.path("count").asInt();
            int kept = one.path("kept").asInt();
            String cell = String.format(Locale.ROOT, format, one.path("name").asText(), kept, count);
            if (column > 0 && column + cell.length() > WIDTH) {
                report.append('\n');
                column = 0;
            }
            report.append(cell);
            column += cell.length();
            if (kept * 2 < count) {
                halved.add(one.path("name").asText());
            }
        }
        report.append('\n');
        if (!halved.isEmpty()) {
            report.append("Warning: over half of ")
                    .append(String.join(", ", halved))
                    .append(" was dropped; --balanced drops the same share of each class.\n");
        }
        JsonNode scoring = run.path("scoring");
        if (scoring.has("meanEl2nKept")) {
            report.append(String.format(
                    Locale.ROOT,
                    "Mean EL2N: %.4f of what was kept, %.4f of what was dropped.%n",
                    scoring.path("meanEl2nKept").asDouble(),
                    scoring.path("meanEl2nDropped").asDouble()));
        }
        return report.toString();
    }
}
