package org.dietsb.contracts.field;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import java.io.IOException;
import java.math.BigDecimal;

/** A share as people write it: {@code 0.5}, {@code .5}, {@code 1/2} or {@code 50 %}. */
public final class Share {
    /** What is allowed, in words. */
    public static final String ALLOWED = "a number such as 0.5, a fraction such as 1/2, or a percentage such as 50 %";

    private static final int LARGEST_DENOMINATOR = 100;

    private Share() {}

    /**
     * Returns the number that a text stands for.
     *
     * @throws NumberFormatException if it is none, or none that is finite
     */
    public static double parse(String text) {
        String number = text.strip();
        int hundred = 1;
        if (number.endsWith("%")) {
            // Between number and sign there may be a space of any kind.
            number = number.substring(0, number.length() - 1).replaceAll("[\\h]+$", "");
            hundred = 100;
        }
        String[] parts = number.split("/", 2);
        double value = decimal(parts[0]) / (parts.length == 1 ? 1 : decimal(parts[1])) / hundred;
        if (!Double.isFinite(value)) {
            throw new NumberFormatException("not finite: " + text);
        }
        return value;
    }

    private static double decimal(String text) {
        return new BigDecimal(text.strip()).doubleValue();
    }

    /** Returns a share as people write it: as a decimal if that is short, else as the fraction that it is, else as a decimal. */
    public static String words(double value) {
        String decimal = Numbers.words(value);
        if (decimal.length() > 8 && value > 0 && value < 1) {
            for (int denominator = 2; denominator <= LARGEST_DENOMINATOR; denominator++) {
                long numerator = Math.round(value * denominator);
                if ((double) numerator / denominator == value) {
                    return numerator + "/" + denominator;
                }
            }
        }
        return decimal;
    }

    /** Reads a share in JSON: a number, or a string that stands for one. */
    public static final class Reader extends StdScalarDeserializer<Double> {
        private static final long serialVersionUID = 1L;

        public Reader() {
            super(Double.class);
        }

        @Override
        public Double deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_STRING) {
                try {
                    return parse(json.getText());
                } catch (NumberFormatException none) {
                    throw new InvalidFormatException(json, ALLOWED, json.getText(), Share.class);
                }
            }
            if (json.currentToken().isNumeric()) {
                return json.getDoubleValue();
            }
            throw new InvalidFormatException(json, ALLOWED, json.getText(), Share.class);
        }
    }
}
