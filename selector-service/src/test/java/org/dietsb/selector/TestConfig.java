package org.dietsb.selector;

import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.validator.BeanValidationConfigValidator;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.util.Map;

/** Settings of a selector, validated as at its start. */
public final class TestConfig {
    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    private TestConfig() {}

    /** Returns the defaults but for these settings, by their names after {@code dietsb.selector.} */
    public static SelectorConfig of(Map<String, String> settings) {
        SmallRyeConfigBuilder builder = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withMapping(SelectorConfig.class)
                .withValidator((BeanValidationConfigValidator) () -> VALIDATOR);
        settings.forEach((name, value) -> builder.withDefaultValue("dietsb.selector." + name, value));
        return builder.build().getConfigMapping(SelectorConfig.class);
    }
}
