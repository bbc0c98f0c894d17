package org.dietsb.bench.cost;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.dietsb.trainer.model.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a precision by its name in the settings of the trainer. */
final class PrecisionName implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String name) {
        return Arrays.stream(Precision.values())
                .filter(precision -> precision.label().equals(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        Arrays.stream(Precision.values()).map(Precision::label).collect(Collectors.joining(" or "))));
    }
}
