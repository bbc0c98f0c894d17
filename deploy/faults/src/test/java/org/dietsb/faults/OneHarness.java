package org.dietsb.faults;

import org.dietsb.trainer.dataset.DatasetException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives every test class the same {@link Harness}, which is started for the first one and closed after the last one. */
final class OneHarness implements ParameterResolver {
    private static final ExtensionContext.Namespace OF_ALL_CLASSES =
            ExtensionContext.Namespace.create(OneHarness.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Harness.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(OF_ALL_CLASSES)
                .computeIfAbsent(Harness.class, started -> start(), Harness.class);
    }

    private static Harness start() {
        try {
            return new Harness();
        } catch (DatasetException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
