package org.dietsb.faults;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.dietsb.launcher.text.Format;

/**
 * The result of a round.
 *
 * @param batches announced
 * @param doubles masks beyond the first for the same question
 * @param fenced messages of attempts that were not the highest any more
 * @param complaints empty if the round passed
 */
record Verdict(
        int round,
        long seed,
        String policies,
        @JsonProperty("faults") List<Injected> injected,
        @JsonIgnore int batches,
        int attempts,
        int doubles,
        int fenced,
        double seconds,
        List<String> complaints) {
    Verdict {
        injected = List.copyOf(injected);
        complaints = List.copyOf(complaints);
    }

    @JsonProperty("passed")
    boolean isPassed() {
        return complaints.isEmpty();
    }

    /** Returns a line for the round, one for each fault and one for each complaint. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(Format.text(
                "Round %d, seed %d: %s after %.0f s; %s; %d batches, %d attempts, %d masks twice, %d messages fenced%n",
                round, seed, isPassed() ? "passed" : "FAILED", seconds, policies, batches, attempts, doubles, fenced));
        injected.forEach(fault -> text.append("    ").append(fault).append(System.lineSeparator()));
        complaints.forEach(complaint -> text.append("    ").append(complaint).append(System.lineSeparator()));
        return text.toString();
    }
}
