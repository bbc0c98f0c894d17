package org.dietsb.selector.page;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.Schedule;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.run.RunSheet;
import org.jspecify.annotations.Nullable;

/** Formats values for the pages. */
final class Words {
    static final String UNKNOWN = "–";
    /** Stands for a policy of a later version. */
    static final String UNKNOWN_POLICY = "unknown policy";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("d MMM, HH:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d) (s|min|h|%)(?![a-z])");

    private Words() {}

    static String time(@Nullable Instant at) {
        return at == null ? UNKNOWN : TIME.format(at) + " UTC";
    }

    static String percent(@Nullable Double share) {
        return share == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    /** Formats a share with as many decimals as it has, two at most. */
    static String share(double share) {
        return number(Math.round(1e4 * share) / 1e2) + " %";
    }

    static String wholePercent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** Formats with three decimals below 100 and none from 100 on, without trailing zeros. */
    static String number(@Nullable Double value) {
        if (value == null) {
            return UNKNOWN;
        }
        String digits = String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3f", value);
        return digits.contains(".") ? digits.replaceAll("\\.?0+$", "") : digits;
    }

    /** Formats a setting exactly, without an exponent. */
    static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    static String seconds(@Nullable Double seconds) {
        if (seconds == null) {
            return UNKNOWN;
        }
        return seconds < 100 ? unbroken(String.format(Locale.ROOT, "%.1f s", seconds)) : duration(seconds.longValue());
    }

    private static String duration(long seconds) {
        return length(Duration.ofSeconds(seconds));
    }

    static String epochs(int count) {
        return count + (count == 1 ? " epoch" : " epochs");
    }

    /** Formats a forecast. */
    static String about(double seconds) {
        return seconds < 60
                ? "less than a minute"
                : seconds < 3_600
                        ? unbroken("about " + Math.round(seconds / 60) + " min")
                        : "about " + length(Duration.ofMinutes(Math.round(seconds / 60)));
    }

    static String length(Duration length) {
        return unbroken(
                length.toHours() > 0
                        ? length.toHours() + " h " + length.toMinutesPart() + " min"
                        : length.toMinutes() + " min " + length.toSecondsPart() + " s");
    }

    /** Summarises a policy, for example {@code diet-selective, keep 0.5, pre-pruned 0.25}. */
    static String policy(Policy policy) {
        return policy.kind().label()
                + (policy.of() == null ? "" : " of " + policy.of())
                + (policy.proxy() == null ? "" : " by a " + policy.proxy())
                + (policy.kind().hasKeep() ? ", keep " + number(policy.keep()) : "")
                + (policy.kind().hasDiet() ? ", pre-pruned " + number(policy.prePruned()) : "")
                + policy.numbers().entrySet().stream()
                        .map(one -> ", " + one.getKey().label() + " " + Parameter.number(one.getValue()))
                        .collect(Collectors.joining());
    }

    /** Names a run by its policy, or by all of them if it was swapped, as a table shows them. */
    static String policy(RunSheet run) {
        if (!run.isPolicyKnown()) {
            return UNKNOWN_POLICY;
        }
        return run.course().isSwapped() ? run.course().inShort() : policy(run.policy());
    }

    /** Returns all policies of a run that was swapped, each with its numbers; empty for others. */
    static String course(RunSheet run) {
        return run.isPolicyKnown() && run.course().isSwapped() ? run.course().words(Words::policy) : "";
    }

    /** Returns a text whose numbers stay in a line with their units. */
    static String unbroken(String text) {
        return NUMBER_AND_UNIT.matcher(text).replaceAll("$1\u00a0$2");
    }

    /** Summarises the recorded masks of a run. */
    static String masks(Optional<RecordedRun> recorded) {
        return recorded.map(run -> epochs(run.epochs().size()) + " recorded"
                        + (run.missing().isEmpty() ? ", can be replayed" : ""))
                .orElse(UNKNOWN);
    }

    static String schedule(Schedule schedule) {
        String from = schedule.from() == null ? "" : "from " + moment(schedule.from());
        String until = schedule.until() == null ? "" : "until " + moment(schedule.until());
        return (from + " " + until).strip();
    }

    static String moment(Moment moment) {
        if (moment instanceof Moment.EpochBegins begins) {
            return "epoch " + begins.epoch();
        }
        return wholePercent(((Moment.Progress) moment).share()) + " of the run";
    }
}
