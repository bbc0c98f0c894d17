package org.dietsb.contracts.field;

import java.util.List;

/** The fields that an order of a scoring has besides those of {@link OrderField}. */
public enum ScoringField implements Field {
    MEMBERS("Networks", "networks", Range.of("[1, 100]"), "size of the ensemble whose error norms are averaged"),
    SCORING_EPOCHS(
            "Scoring epochs",
            "epochs",
            Range.of("[1, 100000]", "[1, epochs]"),
            "epochs of the schedule that each network trains before it is asked; at most all");

    private final String title;
    private final String unit;

    @SuppressWarnings("ImmutableEnumChecker") // A record of primitives and a string.
    private final Range range;

    private final String meaning;

    ScoringField(String title, String unit, Range range, String meaning) {
        this.title = title;
        this.unit = unit;
        this.range = range;
        this.meaning = meaning;
    }

    @Override
    public String label() {
        return Field.camelCase(this);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Type type() {
        return Type.WHOLE;
    }

    @Override
    public String unit() {
        return unit;
    }

    @Override
    public Range range() {
        return range;
    }

    /** Returns the default; of a schedule that is shorter, as many epochs as it has. */
    @Override
    public String usual() {
        return "2";
    }

    @Override
    public List<String> choices() {
        return List.of();
    }

    @Override
    public String meaning() {
        return meaning;
    }
}
