package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Table;

/** What other policies would have selected of a run, epoch by epoch. */
public final class WhatIfTable {
    private final List<String> policies;
    private final List<JsonNode> epochs = new ArrayList<>();

    /**
     * Creates a table of no epochs.
     *
     * @param policies their names, in the order in which the lines have them
     */
    public WhatIfTable(List<String> policies) {
        this.policies = List.copyOf(policies);
    }

    /** Adds a line about an epoch. */
    public void add(JsonNode line) {
        epochs.add(line);
    }

    private record Cell(String epoch, String policy, List<JsonNode> tried) {
        /** Mean of a figure over the epochs that have it. */
        String mean(String pointer) {
            double[] values = tried.stream()
                    .map(one -> one.at(pointer))
                    .filter(JsonNode::isNumber)
                    .mapToDouble(JsonNode::asDouble)
                    .toArray();
            return values.length == 0
                    ? "-"
                    : Format.text("%.3f", Arrays.stream(values).average().orElseThrow());
        }

        String refused() {
            return tried.stream()
                    .map(one -> one.path("refused").asText(""))
                    .filter(reason -> !reason.isEmpty())
                    .findFirst()
                    .orElse("");
        }
    }

    /**
     * Returns the table.
     *
     * @param byEpoch whether each epoch has rows, or there is only the mean of all
     */
    public Table table(boolean byEpoch) {
        List<Cell> rows = new ArrayList<>();
        for (int i = 0; i < policies.size(); i++) {
            int place = i;
            String name = policies.get(i);
            if (byEpoch) {
                epochs.forEach(line -> rows.add(new Cell(
                        line.path("epoch").asText(),
                        name,
                        List.of(line.path("policies").path(place)))));
            }
            rows.add(new Cell(
                    "all",
                    name,
                    epochs.stream()
                            .map(line -> line.path("policies").path(place))
                            .toList()));
        }
        return new Columns<Cell>()
                .add("policy", Cell::policy)
                .add("epoch", Cell::epoch)
                .add("would keep", row -> row.mean("/kept"))
                .add("would cost", row -> row.mean("/passes"))
                .add("kept now", row -> row.mean("/verdict/shareKeptNow"))
                .add("passes now", row -> row.mean("/verdict/passesNow"))
                .add("overlap", row -> row.mean("/verdict/jaccard"))
                .add("older losses", row -> row.mean("/stale"))
                .add("cannot be tried", Cell::refused)
                .table(rows);
    }

    /**
     * Returns the mean share of each class that each policy keeps, over the epochs.
     *
     * @param examples of each class, by label
     */
    public Table byClass(JsonNode examples) {
        Columns<Integer> columns =
                new Columns<Integer>().add("class", label -> label).add("examples", label -> examples.path(label));
        for (int i = 0; i < policies.size(); i++) {
            String place = "/policies/" + i + "/keptByClass/";
            // The same policy may be tried twice.
            String heading = (i + 1) + ": " + policies.get(i);
            columns.add(heading, label -> new Cell("all", heading, epochs).mean(place + label));
        }
        return columns.table(IntStream.range(0, examples.size()).boxed().toList());
    }
}
