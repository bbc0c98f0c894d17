package org.dietsb.launcher.option;

import org.dietsb.contracts.policy.Parameter;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a number of a policy. */
final class ParameterName implements ITypeConverter<Parameter> {

    @Override
    public Parameter convert(String label) {
        return Parameter.named(label).orElseThrow(() -> new TypeConversionException("one of " + Parameter.labels()));
    }
}
