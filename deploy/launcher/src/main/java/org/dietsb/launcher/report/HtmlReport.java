package org.dietsb.launcher.report;

import org.dietsb.launcher.result.Result;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The report as one page that needs nothing but itself: no script, nothing loaded from elsewhere. */
public final class HtmlReport {
    private final Markup page = new Markup();
    private final IntFunction<Optional<byte[]>> images;

    private HtmlReport(IntFunction<Optional<byte[]>> images) {
        this.images = images;
    }

    /**
     * The page.
     *
     * @param source the experiment's file
     * @param images PNG of the training image of an index, if there is one
     */
    public static String of(
            Evidence evidence, List<Panel> panels, String source, IntFunction<Optional<byte[]>> images) {
        HtmlReport report = new HtmlReport(images);
        report.html(evidence, panels, source);
        return "<!DOCTYPE html>\n" + report.page;
    }

    private void html(Evidence evidence, List<Panel> panels, String source) {
        String title = evidence.experiment().title();
        page.element(
                "html",
                () -> {
                    page.element("head", () -> {
                        page.empty("meta", "charset", "utf-8");
                        page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
                        page.text("title", title);
                        page.text("style", style());
                    });
                    page.element("body", () -> page.element("main", () -> main(evidence, panels, source)));
                },
                "lang",
                "en");
    }

    private static String style() {
        try (InputStream sheet = Objects.requireNonNull(HtmlReport.class.getResourceAsStream("report.css"))) {
            return new String(sheet.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private void main(Evidence evidence, List<Panel> panels, String source) {
        page.text("h1", evidence.experiment().title());
        page.text("p", about(evidence), "class", "lead");
        page.element(
                "nav",
                () -> {
                    for (int i = 0; i < panels.size(); i++) {
                        page.text("a", shortly(panels, panels.get(i).heading()), "href", "#part" + i);
                    }
                },
                "aria-label",
                "Parts of the report");
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(i);
            page.element("section", () -> panel(panel), "id", "part" + i);
        }
        page.element("section", () -> {
            page.text("h2", "The experiment");
            page.text("pre", source, "tabindex", "0");
        });
    }

    /** Without its setting, where there is but one. */
    private static String shortly(List<Panel> panels, String heading) {
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
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
        int most = results.stream().mapToInt(Result::sideBySide).max().orElse(1);
        int least = results.stream().mapToInt(Result::sideBySide).min().orElse(1);
        long examples = Math.round(results.stream()
                .mapToDouble(result -> result.passes() * result.examples())
                .sum());
        return Words.text("%d runs, %,d examples trained or as much work, on %s. ", results.size(), examples, devices)
                + (most == 1
                        ? "One run at a time."
                        : least == most
                                ? "Seconds are those of " + most + " runs side by side."
                                : "Seconds do not compare: some runs had the machine for themselves, others were up to "
                                        + most + " side by side.")
                + " Figures are also in runs.csv and figures.csv beside this page.";
    }

    private void panel(Panel panel) {
        page.text("h2", panel.heading());
        panel.says().forEach(said -> page.text("p", said));
        if (!panel.charts().isEmpty()) {
            page.element("div", () -> panel.charts().forEach(chart -> Drawing.draw(chart, page)), "class", "charts");
        }
        panel.galleries().forEach(this::gallery);
        panel.grids().forEach(this::grid);
        if (panel.charts().isEmpty()
                && panel.galleries().isEmpty()
                && panel.grids().stream().allMatch(grid -> grid.rows().isEmpty())) {
            page.text("p", "The experiment has nothing to show here.", "class", "none");
        }
    }

    private void grid(Grid grid) {
        if (grid.rows().isEmpty()) {
            return;
        }
        page.element(
                "div",
                () -> page.element("table", () -> {
                    page.text("caption", grid.caption());
                    page.element(
                            "thead",
                            () -> page.element("tr", () -> grid.headings()
                                    .forEach(heading -> page.text("th", heading, "scope", "col"))));
                    page.element("tbody", () -> grid.rows().forEach(row -> page.element("tr", () -> row(row))));
                }),
                "class",
                "scroll",
                "tabindex",
                "0",
                "role",
                "region",
                "aria-label",
                grid.caption());
    }

    private void row(List<String> cells) {
        page.text("th", cells.get(0), "scope", "row");
        for (String cell : cells.subList(1, cells.size())) {
            page.text("td", cell, "class", kind(cell));
        }
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
        page.text("h3", gallery.caption());
        page.element(
                "ul",
                () -> gallery.pictures()
                        .forEach(picture -> page.element("li", () -> {
                            images.apply(picture.index())
                                    .ifPresentOrElse(
                                            png -> page.empty(
                                                    "img",
                                                    "src",
                                                    "data:image/png;base64,"
                                                            + Base64.getEncoder()
                                                                    .encodeToString(png),
                                                    "alt",
                                                    picture.label() + ", training image " + picture.index(),
                                                    "width",
                                                    "64",
                                                    "height",
                                                    "64"),
                                            () -> page.text("span", "no image here", "class", "noimage"));
                            page.text("span", picture.label());
                            page.text("small", picture.index() + ": " + picture.value());
                        })),
                "class",
                "gallery");
    }
}
