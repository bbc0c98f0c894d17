package org.dietsb.launcher.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.IStyle;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;

/**
 * A plain-text table. Each column is as wide as its widest cell. On a terminal that is too narrow, columns without any value are left
 * out, and the others stand in several blocks below each other, each with the first column; what is still too wide is wrapped.
 */
public final class Table {
    private static final int GAP = 2;
    private static final String NOTHING = "-";
    private static final Map<String, Style> STATES = Map.of(
            "COMPLETED", Style.fg_green,
            "RUNNING", Style.fg_cyan,
            "FAILED", Style.fg_red,
            "LOST", Style.fg_yellow,
            "CANCELLED", Style.fg_yellow);

    private final List<List<String>> rows = new ArrayList<>();

    public Table(List<String> headings) {
        row(headings);
    }

    public void row(List<String> cells) {
        rows.add(List.copyOf(cells));
    }

    /** Returns the table as it fits to the terminal. */
    @Override
    public String toString() {
        return text(Screen.width(), Screen.colours());
    }

    /** Returns the table in lines of at most this number of characters. */
    String text(int width, Ansi ansi) {
        int[] all = IntStream.range(0, rows.get(0).size()).toArray();
        if (Arrays.stream(all).map(this::width).sum() <= width) {
            return block(all, width, ansi);
        }
        int[] shown = Arrays.stream(all).filter(this::hasValue).toArray();
        StringBuilder text = new StringBuilder();
        for (int from = 1; from < shown.length; ) {
            int to = from;
            int used = Math.min(width(0), width / 2);
            do {
                used += width(shown[to]);
                to++;
            } while (to < shown.length && used + width(shown[to]) <= width);
            int[] block = IntStream.concat(IntStream.of(0), Arrays.stream(shown, from, to))
                    .toArray();
            text.append(text.isEmpty() ? "" : System.lineSeparator()).append(block(block, width, ansi));
            from = to;
        }
        return text.toString();
    }

    /** Returns whether a column is of use: the first one, or one with a value. */
    private boolean hasValue(int column) {
        return column == 0
                || rows.stream().skip(1).anyMatch(row -> !row.get(column).equals(NOTHING));
    }

    /** Returns the width of a column with the gap before it. */
    private int width(int column) {
        return (column == 0 ? 0 : GAP)
                + rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private String block(int[] shown, int width, Ansi ansi) {
        boolean fits = Arrays.stream(shown).map(this::width).sum() <= width;
        Column[] columns = new Column[shown.length];
        int left = width;
        for (int c = 0; c < columns.length; c++) {
            int wanted = width(shown[c]);
            // Only the first column and a single one beside it can be too wide.
            int given = fits ? wanted : Math.min(wanted, c == 0 ? width / 2 : left);
            columns[c] = new Column(given, c == 0 ? 0 : GAP, Overflow.TRUNCATE);
            left -= given;
        }
        ColorScheme colours = Help.defaultColorScheme(ansi);
        TextTable table = TextTable.forColumns(colours, columns);
        for (int r = 0; r < rows.size(); r++) {
            List<String> row = rows.get(r);
            boolean heading = r == 0;
            List<List<String>> lines = IntStream.range(0, shown.length)
                    .mapToObj(c -> lines(row.get(shown[c]), columns[c].width - columns[c].indent))
                    .toList();
            int most = lines.stream().mapToInt(List::size).max().orElse(0);
            for (int l = 0; l < most; l++) {
                int line = l;
                table.addRowValues(lines.stream()
                        .map(cell -> cell(line < cell.size() ? cell.get(line) : "", heading, colours))
                        .toArray(Ansi.Text[]::new));
            }
        }
        return table.toString();
    }

    /** Returns a cell in lines of at most this number of characters, broken between words where that is possible. */
    private static List<String> lines(String cell, int width) {
        List<String> lines = new ArrayList<>();
        String left = cell;
        while (left.length() > width) {
            int blank = left.lastIndexOf(' ', width);
            int end = blank > 0 ? blank : width;
            lines.add(left.substring(0, end));
            left = left.substring(end).stripLeading();
        }
        lines.add(left);
        return lines;
    }

    private static Ansi.Text cell(String cell, boolean heading, ColorScheme colours) {
        IStyle style = heading ? Style.bold : STATES.get(cell);
        return colours.apply(cell, style == null ? List.of() : List.of(style));
    }
}
