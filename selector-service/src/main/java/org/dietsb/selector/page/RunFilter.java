package org.dietsb.selector.page;

import jakarta.ws.rs.core.MultivaluedMap;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.selector.run.RunSheet;

/**
 * Which runs the list shows, in which order, and which page of them: the query of its address. Unknown values are as none.
 *
 * @param page from 1
 * @param words each of them must be contained in the id, the model, the dataset or the policy
 * @param state of a run, or {@value #LOST}
 * @param policy kind of the policy in force
 * @param tag that the run must have
 * @param sort an order of the list
 * @param helpersShown whether members of scorings and proxies are shown, too
 */
record RunFilter(int page, String words, String state, String policy, String tag, String sort, boolean helpersShown) {
    /** Not a state of the run itself: its loop has been silent for long. */
    static final String LOST = "lost";

    private static final String ON = "on";

    /** Everything but helpers, newest first. */
    static final RunFilter NONE = new RunFilter(1, "", "", "", "", "", false);

    /** Reads the query of the page. */
    static RunFilter of(MultivaluedMap<String, String> query) {
        return new RunFilter(
                page(text(query, "page")),
                text(query, "q"),
                text(query, "state"),
                text(query, "policy"),
                text(query, "tag"),
                text(query, "sort"),
                text(query, "helpers").equals(ON));
    }

    private static String text(MultivaluedMap<String, String> query, String name) {
        return Objects.requireNonNullElse(query.getFirst(name), "").strip();
    }

    private static int page(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException none) {
            return 1;
        }
    }

    /** Orders of the list. */
    enum Sort {
        NEWEST("newest first"),
        ACCURACY("highest accuracy first"),
        COST("lowest cost first"),
        NAME("by name");

        private final String text;

        Sort(String text) {
            this.text = text;
        }

        String label() {
            return Label.of(this);
        }

        /** Returns the order; runs without the figure come last, and runs alike stay newest first. */
        private Optional<Comparator<RunSheet>> comparator() {
            return switch (this) {
                case NEWEST -> Optional.empty();
                case ACCURACY ->
                    Optional.of(
                            Comparator.comparing(RunSheet::accuracy, Comparator.nullsLast(Comparator.reverseOrder())));
                case COST ->
                    Optional.of(Comparator.comparing(RunSheet::cost, Comparator.nullsLast(Comparator.naturalOrder())));
                case NAME -> Optional.of(Comparator.comparing(RunSheet::id));
            };
        }
    }

    /** A choice of a select element. */
    record Choice(String value, String text, boolean chosen) {}

    /** Returns the runs that fit, in order. */
    List<RunSheet> of(List<RunSheet> newestFirst, Predicate<RunSheet> lost) {
        Stream<RunSheet> fitting = newestFirst.stream().filter(run -> fits(run, lost.test(run)));
        Optional<Comparator<RunSheet>> order = Label.parse(Sort.class, sort).flatMap(Sort::comparator);
        return (order.isPresent() ? fitting.sorted(order.get()) : fitting).toList();
    }

    /** Whether a run was ordered for another one: it is a member of a scoring, or a proxy. */
    static boolean isHelper(RunSheet run) {
        return !run.scoring().isEmpty() || !run.proxyOf().isEmpty();
    }

    private boolean fits(RunSheet run, boolean lost) {
        String kind = run.policy().kind().label();
        String text =
                String.join(" ", run.id(), run.model(), run.dataset(), kind).toLowerCase(Locale.ROOT);
        return (helpersShown || !isHelper(run))
                && (!isState(state) || state.equals(lost ? LOST : Label.of(run.state())))
                && (Label.parse(PolicyKind.class, policy).isEmpty() || policy.equals(kind))
                && (tag.isEmpty() || run.ordered().tags().contains(tag))
                && Stream.of(words.toLowerCase(Locale.ROOT).strip().split("\\s+"))
                        .allMatch(text::contains);
    }

    private static boolean isState(String state) {
        return state.equals(LOST) || Label.parse(RunSheet.State.class, state).isPresent();
    }

    /** Whether it leaves out more than helpers, or reorders. */
    public boolean isNarrow() {
        return !words.isBlank()
                || isState(state)
                || !tag.isEmpty()
                || Label.parse(PolicyKind.class, policy).isPresent();
    }

    public List<Choice> states() {
        return Stream.concat(
                        Stream.of(new Choice("", "any state", !isState(state))),
                        Stream.concat(Arrays.stream(RunSheet.State.values()).map(Label::of), Stream.of(LOST))
                                .map(one -> new Choice(one, one, one.equals(state))))
                .toList();
    }

    public List<Choice> policies() {
        return Stream.concat(
                        Stream.of(new Choice("", "any policy", false)),
                        Arrays.stream(PolicyKind.values())
                                .map(kind -> new Choice(
                                        kind.label(), kind.label(), kind.label().equals(policy))))
                .toList();
    }

    /** Returns the tags of these runs as choices; that of the filter is among them. */
    List<Choice> tags(List<RunSheet> runs) {
        Stream<String> known = runs.stream().flatMap(run -> run.ordered().tags().stream());
        return Stream.concat(
                        Stream.of(new Choice("", "any tag", tag.isEmpty())),
                        Stream.concat(known, Stream.of(tag).filter(one -> !one.isEmpty()))
                                .distinct()
                                .sorted()
                                .map(one -> new Choice(one, one, one.equals(tag))))
                .toList();
    }

    public List<Choice> sorts() {
        return Arrays.stream(Sort.values())
                .map(one -> new Choice(one.label(), one.text, one.label().equals(sort)))
                .toList();
    }

    /** Returns the query of another page of the same list. */
    public String query(int other) {
        return "page=" + other + pair("q", words.strip()) + pair("state", state) + pair("policy", policy)
                + pair("tag", tag)
                + pair("sort", sort) + pair("helpers", helpersShown ? ON : "");
    }

    private static String pair(String name, String value) {
        return value.isEmpty() ? "" : "&" + name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
