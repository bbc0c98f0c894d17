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

    @SuppressWarnings("ImmutableEnumChecker") // A record of what does not change.
    private final Facts facts;

    // The default of a schedule that is shorter is as many epochs as it has.
    ScoringField(String title, String unit, Range range, String meaning) {
        facts = new Facts(title, Type.WHOLE, "2", unit, range, List.of(), meaning);
    }

    @Override
    public Facts facts() {
        return facts;
    }

    @Override
    public String label() {
        return Field.camelCase(this);
    }
}
