package org.dietsb.observe;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.dietsb.observe.Dashboard.Panel;
import org.dietsb.observe.Dashboard.Query;
import org.dietsb.observe.Prometheus.Series;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A simple drawing of a dashboard in its layout, with the answers to its queries, without Grafana. */
final class Picture {
    private static final int COLUMN = 70;
    private static final int ROW = 34;
    private static final int HEADER = 40;
    private static final int GAP = 8;
    private static final Color FRAME = new Color(0xD5D9E0);
    private static final Color BAR = new Color(0x3274D9);
    private static final Color PURPLE = new Color(0x8F3BB8);

    private final BufferedImage image;
    private final Graphics2D graphics;
    private final double from;
    private final double to;
    private final List<Double> marks = new ArrayList<>();

    Picture(Dashboard dashboard, Instant from, Instant to) {
        int rows = dashboard.panels().stream()
                .mapToInt(panel -> panel.y() + panel.height())
                .max()
                .orElse(1);
        this.from = from.toEpochMilli() / 1e3;
        this.to = to.toEpochMilli() / 1e3;
        image = new BufferedImage(24 * COLUMN, HEADER + rows * ROW, BufferedImage.TYPE_INT_RGB);
        graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
        text(graphics, dashboard.title(), 10, 27, 20, Font.BOLD, Color.BLACK);
    }

    BufferedImage image() {
        return image;
    }

    /** Marks an event, in seconds since 1970. */
    void mark(double seconds) {
        marks.add(seconds);
    }

    /** Draws a panel with the answers to its queries, in their order. */
    void draw(Panel panel, List<List<Series>> answers) {
        int x = panel.x() * COLUMN;
        int y = HEADER + panel.y() * ROW;
        int width = panel.width() * COLUMN - GAP;
        int height = panel.height() * ROW - GAP;
        Graphics2D here = (Graphics2D) graphics.create(x, y, width + 1, height + 1);
        if (panel.isRow()) {
            text(here, panel.title(), 6, 20, 16, Font.BOLD, Color.DARK_GRAY);
            return;
        }
        here.setColor(FRAME);
        here.drawRect(0, 0, width, height);
        switch (panel.type()) {
            case "stat" -> stat(here, panel, named(panel, answers), width);
            case "bargauge" -> bars(here, panel, bucketsApart(panel, answers), width, height);
            case "table" -> table(here, panel, answers);
            case "heatmap" -> heatmap(here, panel, answers.get(0), width, height);
            case "xychart" -> scatter(here, panel, answers, width, height);
            case "timeseries" -> lines(here, panel, named(panel, answers), width, height);
            case "text" -> paragraph(here, panel.json().at("/options/content").asText(), width);
            default -> throw new IllegalArgumentException("panel " + panel.title() + " is a " + panel.type());
        }
        here.dispose();
    }

    private static Map<String, Series> named(Panel panel, List<List<Series>> answers) {
        Map<String, Series> named = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            Query query = panel.queries().get(i);
            answers.get(i).forEach(series -> named.put(series.name(query.legend()), series));
        }
        return named;
    }

    private static void title(Graphics2D here, Panel panel) {
        text(here, panel.title(), 8, 18, 13, Font.BOLD, Color.BLACK);
    }

    private static void stat(Graphics2D here, Panel panel, Map<String, Series> series, int width) {
        title(here, panel);
        int y = 60;
        for (Map.Entry<String, Series> one : series.entrySet()) {
            text(here, formatted(one.getValue().last(), panel.unit()), 10, y, 30, Font.BOLD, BAR);
            text(here, one.getKey(), Math.max(width / 2, 150), y, 13, Font.PLAIN, Color.DARK_GRAY);
            y += 38;
        }
    }

    /** Buckets are cumulative. */
    private static Map<String, Double> bucketsApart(Panel panel, List<List<Series>> answers) {
        Map<String, Double> bars = new LinkedHashMap<>();
        for (int i = 0; i < answers.size(); i++) {
            Query query = panel.queries().get(i);
            List<Series> series = new ArrayList<>(answers.get(i));
            if (query.buckets()) {
                series.sort(Comparator.comparingDouble(Picture::bound));
            }
            double below = 0;
            for (Series one : series) {
                bars.put(one.name(query.legend()), one.last() - below);
                below = query.buckets() ? one.last() : 0;
            }
        }
        return bars;
    }

    private static double bound(Series bucket) {
        String le = bucket.labels().getOrDefault("le", "");
        return le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
    }

    private static void bars(Graphics2D here, Panel panel, Map<String, Double> bars, int width, int height) {
        title(here, panel);
        double most = panel.json()
                .at("/fieldConfig/defaults/max")
                .asDouble(bars.values().stream().mapToDouble(one -> one).max().orElse(1));
        int each = Math.min(34, (height - 30) / Math.max(1, bars.size()));
        int y = 28;
        for (Map.Entry<String, Double> bar : bars.entrySet()) {
            text(here, bar.getKey(), 10, y + each / 2 + 5, 12, Font.PLAIN, Color.DARK_GRAY);
            here.setColor(BAR);
            here.fillRect(140, y + 3, (int) ((width - 240) * bar.getValue() / most), each - 5);
            text(
                    here,
                    formatted(bar.getValue(), panel.unit()),
                    width - 85,
                    y + each / 2 + 5,
                    12,
                    Font.BOLD,
                    Color.BLACK);
            y += each;
        }
    }

    private static void table(Graphics2D here, Panel panel, List<List<Series>> answers) {
        title(here, panel);
        Map<String, List<String>> rows = new TreeMap<>();
        for (List<Series> column : answers) {
            for (Series one : column) {
                List<String> cells = rows.computeIfAbsent(
                        one.labels().getOrDefault("run", ""), run -> new ArrayList<>(List.of(run)));
                if (one.labels().size() > 1) {
                    cells.add(one.labels().toString());
                } else {
                    cells.add(formatted(one.last(), "none"));
                }
            }
        }
        int y = 42;
        for (List<String> cells : rows.values()) {
            text(here, String.join("     ", cells), 10, y, 13, Font.PLAIN, Color.DARK_GRAY);
            y += 22;
        }
    }

    private void heatmap(Graphics2D here, Panel panel, List<Series> buckets, int width, int height) {
        title(here, panel);
        List<Series> ascending = new ArrayList<>(buckets);
        ascending.sort(Comparator.comparingDouble(Picture::bound));
        double[][] counts = new double[ascending.size()][(int) (to - from) + 1];
        for (int row = 0; row < ascending.size(); row++) {
            for (double[] point : ascending.get(row).points()) {
                int column = (int) (point[0] - from);
                counts[row][column] = point[1];
            }
        }
        int each = (height - 60) / Math.max(1, ascending.size());
        double most = 1e-9;
        for (int row = 0; row < counts.length; row++) {
            for (int column = 0; column < counts[row].length; column++) {
                most = Math.max(most, counts[row][column] - (row == 0 ? 0 : counts[row - 1][column]));
            }
        }
        for (int row = 0; row < counts.length; row++) {
            int y = height - 30 - (row + 1) * each;
            text(
                    here,
                    ascending.get(row).labels().getOrDefault("le", ""),
                    8,
                    y + each,
                    11,
                    Font.PLAIN,
                    Color.DARK_GRAY);
            for (int column = 0; column < counts[row].length; column++) {
                double share = Math.max(0, counts[row][column] - (row == 0 ? 0 : counts[row - 1][column])) / most;
                if (share > 0) {
                    here.setColor(new Color(50, 116, 217, (int) (40 + 215 * Math.sqrt(share))));
                    int x = 45 + (int) ((width - 60.0) * column / counts[row].length);
                    here.fillRect(x, y, (width - 60) / counts[row].length + 1, each - 1);
                }
            }
        }
    }

    private XYChart chart(Panel panel, int width, int height) {
        XYChart chart = new XYChartBuilder()
                .width(width)
                .height(height)
                .title(panel.title())
                .build();
        Styler styler = chart.getStyler();
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 13));
        styler.setLegendVisible(false);
        styler.setPlotBorderVisible(false);
        chart.getStyler().setPlotGridLinesColor(new Color(0xEEEEEE));
        chart.getStyler().setMarkerSize(4);
        return chart;
    }

    /** Draws the legend below the chart, in as many lines as needed; returns the remaining height. */
    private static int legend(Graphics2D here, List<String> names, Color[] colors, int width, int height) {
        here.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11));
        List<int[]> places = new ArrayList<>();
        int x = 10;
        int line = 0;
        for (String name : names) {
            int wide = here.getFontMetrics().stringWidth(name) + 26;
            if (x + wide > width && x > 10) {
                x = 10;
                line++;
            }
            places.add(new int[] {x, line});
            x += wide;
        }
        int left = height - 15 * (line + 1) - 4;
        for (int i = 0; i < names.size(); i++) {
            int y = left + 12 + 15 * places.get(i)[1];
            here.setColor(colors[i % colors.length]);
            here.fillRect(places.get(i)[0], y - 7, 10, 6);
            text(here, names.get(i), places.get(i)[0] + 13, y, 11, Font.PLAIN, Color.DARK_GRAY);
        }
        return left;
    }

    private void lines(Graphics2D here, Panel panel, Map<String, Series> series, int width, int full) {
        List<String> names = List.copyOf(series.keySet());
        int height =
                legend(here, names, new XYChartBuilder().build().getStyler().getSeriesColors(), width, full);
        XYChart chart = chart(panel, width, height);
        boolean stacked = panel.json()
                .at("/fieldConfig/defaults/custom/stacking/mode")
                .asText()
                .equals("normal");
        double factor = panel.unit().equals("percentunit") ? 100 : 1;
        chart.setYAxisTitle(panel.unit().equals("percentunit") ? "%" : panel.unit());
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(to - from);
        if (panel.json().at("/fieldConfig/defaults/min").isNumber()) {
            chart.getStyler().setYAxisMin(0.0);
        }
        Map<Double, Double> below = new TreeMap<>();
        for (Map.Entry<String, Series> one : series.entrySet()) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            for (double[] point : one.getValue().points()) {
                double base = stacked ? below.getOrDefault(point[0], 0.0) : 0;
                x.add(point[0] - from);
                y.add(factor * point[1] + base);
                below.put(point[0], factor * point[1] + base);
            }
            XYSeries line = chart.addSeries(one.getKey(), x, y);
            line.setMarker(x.size() < 3 ? SeriesMarkers.CIRCLE : SeriesMarkers.NONE);
            line.setLineStyle(new BasicStroke(2f));
        }
        for (double moment : marks) {
            XYSeries mark = chart.addSeries(
                    "mark " + moment,
                    List.of(moment - from, moment - from),
                    List.of(0.0, factor * highest(series, stacked, below)));
            mark.setMarker(SeriesMarkers.NONE);
            mark.setLineColor(PURPLE);
            mark.setLineStyle(
                    new BasicStroke(1f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1f, new float[] {4}, 0));
        }
        chart.paint(here, width, height);
    }

    private static double highest(Map<String, Series> series, boolean stacked, Map<Double, Double> sums) {
        if (stacked) {
            return sums.values().stream().mapToDouble(one -> one).max().orElse(1);
        }
        return series.values().stream()
                .flatMap(one -> one.points().stream())
                .mapToDouble(point -> point[1])
                .max()
                .orElse(1);
    }

    /** Draws the value of the first query over that of the second, for equal labels and times. */
    private void scatter(Graphics2D here, Panel panel, List<List<Series>> answers, int width, int full) {
        List<String> names = answers.get(0).stream()
                .map(one -> one.labels().getOrDefault("run", ""))
                .toList();
        int height =
                legend(here, names, new XYChartBuilder().build().getStyler().getSeriesColors(), width, full);
        XYChart chart = chart(panel, width, height);
        for (Series one : answers.get(0)) {
            Map<Double, Double> places = new TreeMap<>();
            answers.get(1).stream()
                    .filter(other -> other.labels().equals(one.labels()))
                    .forEach(other -> other.points().forEach(point -> places.put(point[0], point[1])));
            Map<Double, Double> values = new TreeMap<>();
            one.points().forEach(point -> {
                Double place = places.get(point[0]);
                if (place != null) {
                    values.put(place, 100 * point[1]);
                }
            });
            chart.addSeries(
                    one.labels().getOrDefault("run", ""),
                    new ArrayList<>(values.keySet()),
                    new ArrayList<>(values.values()));
        }
        chart.setXAxisTitle("examples backpropagated");
        chart.setYAxisTitle("%");
        chart.paint(here, width, height);
    }

    private static void paragraph(Graphics2D here, String markdown, int width) {
        here.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        StringBuilder line = new StringBuilder();
        int y = 20;
        for (String word : markdown.replace("**", "").split("\\s+")) {
            if (here.getFontMetrics().stringWidth(line + " " + word) > width - 20) {
                text(here, line.toString(), 10, y, 13, Font.PLAIN, Color.DARK_GRAY);
                line.setLength(0);
                y += 19;
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        text(here, line.toString(), 10, y, 13, Font.PLAIN, Color.DARK_GRAY);
    }

    private static String formatted(double value, String unit) {
        return switch (unit) {
            case "percentunit" -> String.format(Locale.ROOT, "%.1f %%", 100 * value);
            case "percent" -> String.format(Locale.ROOT, "%.1f %%", value);
            case "s" ->
                value < 1
                        ? String.format(Locale.ROOT, "%.2f ms", 1e3 * value)
                        : String.format(Locale.ROOT, "%.2f s", value);
            default ->
                value == Math.rint(value)
                        ? String.format(Locale.ROOT, "%.0f", value)
                        : String.format(Locale.ROOT, "%.2f", value);
        };
    }

    private static void text(Graphics2D here, String words, int x, int y, int size, int style, Color color) {
        here.setFont(new Font(Font.SANS_SERIF, style, size));
        here.setColor(color);
        here.drawString(words, x, y);
    }
}
