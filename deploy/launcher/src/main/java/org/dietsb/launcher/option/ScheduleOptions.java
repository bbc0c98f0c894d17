package org.dietsb.launcher.option;

import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Fraction;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The time for which a swapped policy is in force. */
@Heading("When it is in force")
public final class ScheduleOptions implements Checked {
    @Option(names = "--from-epoch", paramLabel = "N", description = "first epoch of the policy; default: now")
    @Nullable
    Integer fromEpoch;

    @InRange("(0, 1)")
    @Option(
            names = "--after",
            paramLabel = "SHARE",
            converter = Fraction.class,
            description = "share of the run after which the policy begins, in (0, 1)")
    @Nullable
    Double after;

    @Option(
            names = "--until-epoch",
            paramLabel = "N",
            description = "epoch before which the policy ends; default: never")
    @Nullable
    Integer untilEpoch;

    @Option(
            names = "--for-epochs",
            paramLabel = "N",
            description =
                    "number of epochs, including the running one, after which the previous policy is in force again")
    @Nullable
    Integer forEpochs;

    public boolean isGiven() {
        return fromEpoch != null || after != null || untilEpoch != null || forEpochs != null;
    }

    /** Notes contradictions. The selector rejects times in the past of a run or beyond its end. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(fromEpoch == null || after == null, "--from-epoch and --after are mutually exclusive");
        mistakes.unless(
                untilEpoch == null || forEpochs == null, "--until-epoch and --for-epochs are mutually exclusive");
    }

    /** Returns the options as query parameters, each with a leading ampersand. */
    public String query() {
        return parameter("fromEpoch", fromEpoch)
                + parameter("afterProgress", after)
                + parameter("untilEpoch", untilEpoch)
                + parameter("forEpochs", forEpochs);
    }

    private static String parameter(String name, @Nullable Object value) {
        return value == null ? "" : "&" + name + "=" + value;
    }
}
