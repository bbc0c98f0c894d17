package org.dietsb.faults;

import java.util.List;
import java.util.Locale;

/**
 * How a round ended.
 *
 * @param standstills that followed the faults injected, in their order, in seconds; NaN where nothing was left to do
 * @param complaints none if it is passed
 */
record Verdict(
        int round,
        long seed,
        String policies,
        List<Injected> injected,
        List<Double> standstills,
        int batches,
        int attempts,
        int doubles,
        int late,
        double seconds,
        List<String> complaints) {
    Verdict {
        injected = List.copyOf(injected);
        standstills = List.copyOf(standstills);
        complaints = List.copyOf(complaints);
    }

    boolean isPassed() {
        return complaints.isEmpty();
    }

    /** A line for the round, one for each fault, one for each complaint. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "Round %d, seed %d: %s after %.0f s; %s; %d batches, %d attempts, %d masks twice, %d messages fenced%n",
                round,
                seed,
                isPassed() ? "passed" : "FAILED",
                seconds,
                policies,
                batches,
                attempts,
                doubles,
                late));
        for (int i = 0; i < injected.size(); i++) {
            double standstill = standstills.get(i);
            text.append(String.format(
                    Locale.ROOT,
                    "    %s, %s: %s%n",
                    injected.get(i).fault(),
                    injected.get(i).part(),
                    Double.isNaN(standstill)
                            ? "nothing left to do"
                            : String.format(Locale.ROOT, "stood still for %.1f s", standstill)));
        }
        complaints.forEach(complaint -> text.append("    ").append(complaint).append(System.lineSeparator()));
        return text.toString();
    }
}
