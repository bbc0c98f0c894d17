package org.dietsb.trainer.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FiniteNumbersTest {
    record Figures(double loss, @Nullable Double accuracy, double[] rates) {}

    @Test
    void numbersThatJsonDoesNotHaveAreNull() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        new FiniteNumbers().customize(mapper);
        assertThat(mapper.writeValueAsString(new Figures(Double.NaN, Double.POSITIVE_INFINITY, new double[] {.5})))
                .isEqualTo("{\"loss\":null,\"accuracy\":null,\"rates\":[0.5]}");
        assertThat(mapper.writeValueAsString(new Figures(2.25, .5, new double[0])))
                .isEqualTo("{\"loss\":2.25,\"accuracy\":0.5,\"rates\":[]}");
    }
}
