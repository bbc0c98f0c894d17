package org.dietsb.bench;

import java.util.HashSet;
import java.util.List;
import org.dietsb.launcher.text.WrongUsage;

/** An option that takes one number or several. */
final class Several {
    private Several() {}

    /** Refuses numbers that are below 1 or too large, and those that come twice. */
    static void check(String option, List<Integer> values, int largest) {
        for (int value : values) {
            WrongUsage.unless(value >= 1 && value <= largest, option, value, "[1, " + largest + "]");
        }
        WrongUsage.unless(new HashSet<>(values).size() == values.size(), option, values, "each value once");
    }
}
