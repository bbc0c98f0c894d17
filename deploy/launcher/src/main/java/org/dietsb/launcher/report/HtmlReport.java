package org.dietsb.launcher.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.MethodColour;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.launcher.text.Format;

/** The report as one self-contained page, without scripts and external resources. */
public final class HtmlReport {
    private final Markup page = new Markup();
    private final IntFunction<Optional<byte[]>> images;
    private final Provenance here;

    private HtmlReport(IntFunction<Optional<byte[]>> images, Provenance here) {
        this.images = images;
        this.here = here;
    }

    /**
     * Returns the page.
     *
     * @param source content of the experiment file
     * @param here where the report is written
     * @param images returns the PNG of a training image by index, if it exists
     */
    public static String of(
            Evidence evidence,
            List<Panel> panels,
            String source,
            Provenance here,
            IntFunction<Optional<byte[]>> images) {
        HtmlReport report = new HtmlReport(images, here);
        report.html(evidence, panels, source);
        return "<!DOCTYPE html>\n" + report.page;
    }

    private void html(Evidence evidence, List<Panel> panels, String source) {
        String title = evidence.experiment().title();
        page.element("html lang=\"en\"", () -> {
            page.add("<head><meta charset=\"utf-8\"/>")
                    .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>")
                    .add("<title>%s</title><style>", title)
                    .raw(style())
                    .raw(colours())
                    .add("</style></head>");
            page.element("body", () -> page.element("main", () -> main(evidence, panels, source)));
        });
    }

    private static String style() {
        try (InputStream sheet = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Returns the classes m-KIND with the colours of the methods. */
    private static String colours() {
        StringBuilder light = new StringBuilder();
        StringBuilder dark = new StringBuilder();
        for (PolicyKind kind : PolicyKind.values()) {
            MethodColour colour = MethodColour.of(kind);
            light.append(Format.text(".m-%s { --c: %s; }%n", kind.label(), colour.onLight()));
            dark.append(Format.text(".m-%s { --c: %s; }%n", kind.label(), colour.onDark()));
        }
        return light + "@media (prefers-color-scheme: dark) {\n" + dark + "}\n";
    }

    private void main(Evidence evidence, List<Panel> panels, String source) {
        page.add("<h1>%s</h1><p class=\"lead\">%s</p>", evidence.experiment().title(), about(evidence));
        page.element("nav aria-label=\"Parts of the report\"", () -> {
            for (int i = 0; i < panels.size(); i++) {
                page.add(
                        "<a href=\"#part%d\">%s</a>",
                        i, brief(panels, panels.get(i).heading()));
            }
        });
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(i);
            page.element("section id=\"part%d\"", () -> panel(panel), i);
        }
        page.add("<section><h2>The experiment</h2><pre tabindex=\"0\">%s</pre></section>", source);
        page.element("section id=\"provenance\"", () -> provenance(evidence.all()));
    }

    private void provenance(List<Result> results) {
        page.add("<h2>Provenance</h2><dl class=\"provenance\">");
        fact("Report", here.commit() + ", " + here.date() + ", " + here.machine() + "; " + here.versions());
        fact("Commits of the runs", distinct(results, result -> result.made().commit()));
        fact("Dates of the runs", dates(results));
        fact("Machines", distinct(results, result -> result.made().machine()));
        fact("Devices", distinct(results, Result::device));
        fact("Versions", distinct(results, result -> result.made().versions()));
        page.add("</dl>");
    }

    private void fact(String name, String value) {
        page.add("<dt>%s</dt><dd>%s</dd>", name, value);
    }

    /** Returns the different values, each with the number of its runs if there are several. */
    private static String distinct(List<Result> results, Function<Result, String> value) {
        Map<String, Long> runs = results.stream()
                .map(value)
                .map(one -> one.isEmpty() ? "not recorded" : one)
                .collect(Collectors.groupingBy(one -> one, TreeMap::new, Collectors.counting()));
        return runs.entrySet().stream()
                .map(one -> one.getKey() + (runs.size() == 1 ? "" : " (" + one.getValue() + " runs)"))
                .collect(Collectors.joining("; "));
    }

    private static String dates(List<Result> results) {
        List<String> dates = results.stream()
                .map(result -> result.made().date())
                .filter(date -> !date.isEmpty())
                .sorted()
                .toList();
        return dates.isEmpty()
                ? "not recorded"
                : dates.get(0) + " to " + dates.get(dates.size() - 1) + ", of " + dates.size() + " of " + results.size()
                        + " runs";
    }

    /** Returns a heading without its setting if there is only one setting. */
    private static String brief(List<Panel> panels, String heading) {
        String begin = heading.replaceFirst(": .*", "");
        long alike = panels.stream()
                .filter(panel -> panel.heading().startsWith(begin + ": "))
                .count();
        return alike == 1 ? begin : heading;
    }

    private static String about(Evidence evidence) {
        List<Result> results = evidence.all();
        String devices = results.stream()
                .map(result -> result.device().isEmpty() ? "an unknown device" : result.device())
                .distinct()
                .sorted()
                .collect(Collectors.joining(", "));
        IntSummaryStatistics parallel =
                results.stream().mapToInt(Result::sideBySide).summaryStatistics();
        long examples = Math.round(results.stream()
                .mapToDouble(result -> result.passes() * result.examples())
                .sum());
        return Format.text(
                        "%d runs, %,d examples trained or equivalent work, on %s. ", results.size(), examples, devices)
                + (parallel.getMax() <= 1
                        ? "One run at a time."
                        : parallel.getMin() == parallel.getMax()
                                ? "Seconds are those of " + parallel.getMax() + " parallel runs."
                                : "Seconds are not comparable: some runs had the machine to themselves, others ran up"
                                        + " to "
                                        + parallel.getMax() + " in parallel.")
                + " The figures are also in runs.csv and figures.csv next to this page.";
    }

    private void panel(Panel panel) {
        page.add("<h2>%s</h2>", panel.heading());
        panel.notes().forEach(note -> page.add("<p>%s</p>", note));
        if (!panel.charts().isEmpty()) {
            page.element("div class=\"charts\"", () -> panel.charts().forEach(chart -> Drawing.draw(chart, page)));
        }
        panel.galleries().forEach(this::gallery);
        panel.grids().stream().filter(grid -> !grid.rows().isEmpty()).forEach(this::grid);
        if (panel.charts().isEmpty()
                && panel.galleries().isEmpty()
                && panel.grids().stream().allMatch(grid -> grid.rows().isEmpty())) {
            page.add("<p class=\"none\">The experiment has no results for this part.</p>");
        }
    }

    private void grid(Grid grid) {
        page.add("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"%s\">", grid.caption())
                .add("<table><caption>%s</caption><thead><tr>", grid.caption());
        grid.headings().forEach(heading -> page.add("<th scope=\"col\">%s</th>", heading));
        page.add("</tr></thead>");
        page.element("tbody", () -> grid.rows().forEach(row -> page.element("tr", () -> row(row))));
        page.add("</table></div>");
    }

    private void row(List<String> cells) {
        page.add("<th scope=\"row\">%s</th>", cells.get(0));
        cells.stream().skip(1).forEach(cell -> page.add("<td class=\"%s\">%s</td>", kind(cell), cell));
    }

    private static String kind(String cell) {
        for (Verdict.Answer answer : Verdict.Answer.values()) {
            if (cell.equals(answer.toString())) {
                return "answer " + answer.name().toLowerCase(Locale.ROOT);
            }
        }
        return cell.length() > 40 ? "words" : "n";
    }

    private void gallery(Gallery gallery) {
        page.add("<h3>%s</h3>", gallery.caption());
        page.element("ul class=\"gallery\"", () -> gallery.pictures()
                .forEach(picture -> page.element("li", () -> picture(picture))));
    }

    private void picture(Gallery.Picture picture) {
        images.apply(picture.index())
                .ifPresentOrElse(
                        png -> page.add(
                                "<img src=\"data:image/png;base64,%s\" alt=\"%s, training image %d\" width=\"64\""
                                        + " height=\"64\"/>",
                                Base64.getEncoder().encodeToString(png), picture.label(), picture.index()),
                        () -> page.add("<span class=\"noimage\">no image here</span>"));
        page.add("<span>%s</span><small>%d: %s</small>", picture.label(), picture.index(), picture.value());
    }
}
