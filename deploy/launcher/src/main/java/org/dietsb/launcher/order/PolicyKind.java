package org.dietsb.launcher.order;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The kinds of policy that can be asked for. */
public enum PolicyKind {
    BASELINE("baseline", false, false),
    RANDOM("random", true, false),
    SELECTIVE("selective", true, false),
    DIET("diet", false, true),
    DIET_SELECTIVE("diet-selective", true, true),
    DIET_RANDOM("diet-random", true, true);

    private final String label;
    private final boolean selects;
    private final boolean diet;

    PolicyKind(String label, boolean selects, boolean diet) {
        this.label = label;
        this.selects = selects;
        this.diet = diet;
    }

    public String label() {
        return label;
    }

    /** Whether it leaves out examples batch by batch. */
    public boolean selects() {
        return selects;
    }

    /** Whether it leaves out examples before training. */
    public boolean hasDiet() {
        return diet;
    }

    public boolean goesByLoss() {
        return this == SELECTIVE || this == DIET_SELECTIVE;
    }

    static String labels() {
        return Arrays.stream(values()).map(PolicyKind::label).collect(Collectors.joining(", "));
    }

    static PolicyKind of(String label) {
        if (label.equals("infobatch")) {
            throw new Refusal("policy infobatch comes later, allowed is one of " + labels());
        }
        return Arrays.stream(values())
                .filter(kind -> kind.label.equals(label))
                .findFirst()
                .orElseThrow(() -> Refusal.of("policy", label, "one of " + labels()));
    }

    /** A list as the user wrote it; the baseline comes first, whatever its place. */
    static List<PolicyKind> list(List<String> labels) {
        List<PolicyKind> kinds = labels.stream().map(PolicyKind::of).distinct().collect(Collectors.toList());
        if (kinds.remove(BASELINE)) {
            kinds.add(0, BASELINE);
        }
        return List.copyOf(kinds);
    }
}
