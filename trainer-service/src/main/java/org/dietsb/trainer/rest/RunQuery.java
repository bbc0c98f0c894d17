package org.dietsb.trainer.rest;

import static org.dietsb.contracts.Bounds.require;

import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dietsb.contracts.Tags;
import org.dietsb.contracts.run.HeldRuns;
import org.dietsb.trainer.news.Run;
import org.dietsb.trainer.news.RunRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Which runs GET /runs lists.
 *
 * @param since only runs that were queued at this time or later, in milliseconds since 1970
 * @param tags all of which a run must have
 * @param members whether members of scorings are listed too
 * @param after the last run of the page before; null for the first page
 */
record RunQuery(
        Set<Run.State> states,
        long since,
        Set<String> tags,
        boolean members,
        int limit,
        HeldRuns.@Nullable Place after) {
    private static final int MOST = 1_000;
    private static final int USUAL = 100;

    /**
     * Parses query parameters; null means that one is not given.
     *
     * @throws IllegalArgumentException naming the parameter, its value and what is allowed
     */
    static RunQuery of(
            @Nullable String state,
            @Nullable String since,
            @Nullable String tag,
            @Nullable String members,
            @Nullable String limit,
            @Nullable String page) {
        return new RunQuery(
                states(state),
                since == null ? 0 : instant(since),
                tags(tag),
                members == null || flag("members", members),
                limit == null ? USUAL : limit(limit),
                place(page));
    }

    private static boolean flag(String name, String text) {
        require(text.equals("true") || text.equals("false"), name, text, "true or false");
        return text.equals("true");
    }

    private static Set<String> tags(@Nullable String words) {
        Set<String> tags = new TreeSet<>();
        for (String tag : words == null ? new String[0] : words.split(",", -1)) {
            require(Tags.isValid(tag), "tag", tag, "tags, separated by commas, of " + Tags.SYNTAX);
            tags.add(tag);
        }
        return tags;
    }

    private static Set<Run.State> states(@Nullable String names) {
        Set<Run.State> states = EnumSet.noneOf(Run.State.class);
        for (String name : names == null ? new String[0] : names.split(",", -1)) {
            states.add(Arrays.stream(Run.State.values())
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("state is " + names
                            + ", allowed are, separated by commas, "
                            + Arrays.stream(Run.State.values())
                                    .map(Run.State::name)
                                    .collect(Collectors.joining(", ")))));
        }
        return names == null ? EnumSet.allOf(Run.State.class) : states;
    }

    private static long instant(String text) {
        try {
            return Instant.parse(text).toEpochMilli();
        } catch (DateTimeParseException | ArithmeticException notATime) {
            throw new IllegalArgumentException(
                    "since is " + text + ", allowed is a time such as 2026-01-31T12:00:00Z", notATime);
        }
    }

    private static int limit(String text) {
        int limit = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        require(limit >= 1 && limit <= MOST, "limit", text, "[1, " + MOST + "]");
        return limit;
    }

    private static HeldRuns.@Nullable Place place(@Nullable String token) {
        if (token == null) {
            return null;
        }
        int dot = token.indexOf('.');
        require(
                token.matches("[0-9]{1,18}\\..+"),
                "page",
                token.substring(0, Math.min(100, token.length())),
                "what header Link of the page before names");
        return new HeldRuns.Place(Long.parseLong(token.substring(0, dot)), token.substring(dot + 1));
    }

    /** Returns the runs of this page, and one more if there is another page. */
    List<Run> of(RunRegistry registry) {
        return registry.page(
                after,
                run -> states.contains(run.state())
                        && (members || run.order().member() == null)
                        && run.queuedMillis() >= since
                        && run.order().tags().containsAll(tags),
                limit + 1);
    }

    /** Returns the address of a page of the same query. */
    URI page(String token) {
        UriBuilder address = UriBuilder.fromPath("/runs").queryParam("limit", limit);
        if (states.size() < Run.State.values().length) {
            address.queryParam("state", states.stream().map(Run.State::name).collect(Collectors.joining(",")));
        }
        if (since != 0) {
            address.queryParam("since", Instant.ofEpochMilli(since));
        }
        if (!tags.isEmpty()) {
            address.queryParam("tag", String.join(",", tags));
        }
        if (!members) {
            address.queryParam("members", false);
        }
        return address.queryParam("page", token).build();
    }

    /** Returns what names the next page; empty if these are the last runs. */
    Optional<String> next(List<Run> found) {
        return found.size() <= limit
                ? Optional.empty()
                : Optional.of(found.get(limit - 1).queuedMillis() + "."
                        + found.get(limit - 1).id());
    }
}
