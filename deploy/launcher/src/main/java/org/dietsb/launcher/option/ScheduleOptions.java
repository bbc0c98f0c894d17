package org.dietsb.launcher.option;

import org.dietsb.launcher.usage.Fraction;
import org.dietsb.launcher.usage.WrongUsage;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When a swap is to hold. */
public final class ScheduleOptions {
    @Option(names = "--from-epoch", description = "begin with this epoch; default: now")
    @Nullable
    public Integer fromEpoch;

    @Option(names = "--after", description = "begin after this share of the run, in (0, 1)")
    @Nullable
    public Fraction after;

    @Option(names = "--until-epoch", description = "end before this epoch; default: never")
    @Nullable
    Integer untilEpoch;

    @Option(
            names = "--for-epochs",
            description = "end after so many epochs, the running one included; what was in force before then is again")
    @Nullable
    public Integer forEpochs;

    /** Whether any of them was said. */
    public boolean isSaid() {
        return fromEpoch != null || after != null || untilEpoch != null || forEpochs != null;
    }

    /** Refuses what contradicts itself; what lies in a run's past or beyond its end the selector refuses. */
    public void check() {
        if (fromEpoch != null && after != null) {
            throw new WrongUsage("--from-epoch and --after are both said, one of them is allowed");
        }
        if (untilEpoch != null && forEpochs != null) {
            throw new WrongUsage("--until-epoch and --for-epochs are both said, one of them is allowed");
        }
        if (after != null) {
            WrongUsage.unless(after.value() > 0 && after.value() < 1, "--after", after.value(), "(0, 1)");
        }
    }

    /** As parameters of the selector's address, each with an ampersand before it. */
    public String query() {
        return parameter("fromEpoch", fromEpoch)
                + parameter("afterProgress", after == null ? null : after.value())
                + parameter("untilEpoch", untilEpoch)
                + parameter("forEpochs", forEpochs);
    }

    private static String parameter(String name, @Nullable Object value) {
        return value == null ? "" : "&" + name + "=" + value;
    }
}
