package org.dietsb.selector.page;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.dietsb.contracts.Label;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.PolicyField;

/** A policy that a button fills in; fields that it does not name take their defaults. */
enum Preset {
    SAVE_HALF("Save 50 %", Map.of("kind", "random", "keep", "1/2")),
    /** 50 % (25 %) of the poster: a quarter before training, a third of each batch of the rest. */
    POSTER("Poster's Diet-SB", Map.of("kind", "diet-selective", "prePruned", "1/4", "keep", "2/3"));

    private final String title;

    @SuppressWarnings("ImmutableEnumChecker") // Map.of
    private final Map<String, String> values;

    Preset(String title, Map<String, String> values) {
        this.title = title;
        this.values = values;
    }

    public String title() {
        return title;
    }

    public String label() {
        return Label.of(this);
    }

    static Optional<Preset> named(String label) {
        return Label.parse(Preset.class, label);
    }

    /** Returns the input with this policy in place of the typed one. */
    Typed in(Typed typed) {
        Map<String, String> changed = new LinkedHashMap<>();
        Arrays.stream(PolicyField.values()).forEach(field -> changed.put(field.label(), ""));
        Arrays.stream(Parameter.values())
                .filter(field -> field != Parameter.WINDOW)
                .forEach(field -> changed.put(field.label(), ""));
        changed.putAll(values);
        return typed.with(changed);
    }
}
