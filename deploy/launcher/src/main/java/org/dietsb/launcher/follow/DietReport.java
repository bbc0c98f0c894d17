package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Format;

/** Reports what a diet kept of each class, warns of classes that lost over half, and states the mean scores. */
public final class DietReport {
    private static final int WIDTH = 80;

    private DietReport() {}

    /** Returns the report of a summary; empty if its run dropped nothing before training. */
    public static String of(JsonNode run) {
        JsonNode classes = run.path("keptPerClass");
        if (classes.isEmpty() || run.path("prePruned").asDouble() == 0) {
            return "";
        }
        StringBuilder report = new StringBuilder("Kept per class by the diet:\n");
        String format = "  %-" + longest(classes, "name") + "s %" + longest(classes, "count") + "d of %"
                + longest(classes, "count") + "d";
        int column = 0;
        for (JsonNode one : classes) {
            String cell = Format.text(
                    format,
                    one.path("name").asText(),
                    one.path("kept").asInt(),
                    one.path("count").asInt());
            if (column > 0 && column + cell.length() > WIDTH) {
                report.append('\n');
                column = 0;
            }
            report.append(cell);
            column += cell.length();
        }
        report.append('\n');
        List<String> halved = classes.valueStream()
                .filter(one -> one.path("kept").asInt() * 2 < one.path("count").asInt())
                .map(one -> one.path("name").asText())
                .toList();
        if (!halved.isEmpty()) {
            report.append("Warning: over half of ")
                    .append(String.join(", ", halved))
                    .append(" was dropped; --balanced drops the same share of each class.\n");
        }
        JsonNode scoring = run.path("scoring");
        if (scoring.has("meanEl2nKept")) {
            report.append(Format.text(
                    "Mean EL2N: %.4f of the kept examples, %.4f of the dropped examples.%n",
                    scoring.path("meanEl2nKept").asDouble(),
                    scoring.path("meanEl2nDropped").asDouble()));
        }
        return report.toString();
    }

    private static int longest(JsonNode classes, String field) {
        return classes.valueStream()
                .map(one -> one.path(field).asText().length())
                .collect(Collectors.reducing(1, Math::max));
    }
}
