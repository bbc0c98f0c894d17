package org.dietsb.trainer.rest;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.quarkus.jackson.ObjectMapperCustomizer;
import jakarta.inject.Singleton;
import java.io.IOException;

/** Writes numbers that JSON does not have, NaN and infinity, as null. A run of an earlier version may have such losses. */
@Singleton
class FiniteNumbers implements ObjectMapperCustomizer {

    @Override
    public void customize(ObjectMapper mapper) {
        SimpleModule module = new SimpleModule("finite-numbers");
        module.addSerializer(Double.class, new OrNull());
        module.addSerializer(double.class, new OrNull());
        mapper.registerModule(module);
    }

    private static final class OrNull extends StdSerializer<Double> {
        private static final long serialVersionUID = 1L;

        OrNull() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
    }
}
