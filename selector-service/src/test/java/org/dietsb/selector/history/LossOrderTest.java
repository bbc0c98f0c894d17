package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LossOrderTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 128, 511, 512, 4_096, 70_000})
    void sortsLikeAComparisonSort(int n) {
        Random random = new Random(n);
        float[] losses = new float[n];
        for (int i = 0; i < n; i++) {
            // Some equal, some tiny, some huge.
            losses[i] = (float) Math.exp(random.nextInt(4) * 20 - 30) * random.nextInt(n);
        }
        int[] expected = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparing(place -> losses[place]))
                .mapToInt(Integer::intValue)
                .toArray();
        assertThat(LossOrder.places(losses)).isEqualTo(expected);
    }

    @Test
    void sortsEveryKindOfFloat() {
        float[] losses = new float[512];
        float[] kinds = {
            Float.POSITIVE_INFINITY, 0, 1, -0f, -1, Float.MIN_VALUE, Float.NEGATIVE_INFINITY, Float.MAX_VALUE
        };
        System.arraycopy(kinds, 0, losses, 0, kinds.length);
        float[] ascending = new float[losses.length];
        int[] places = LossOrder.places(losses);
        for (int rank = 0; rank < places.length; rank++) {
            ascending[rank] = losses[places[rank]];
        }
        assertThat(ascending).startsWith(Float.NEGATIVE_INFINITY, -1, -0f, 0, 0);
        assertThat(ascending).endsWith(0, Float.MIN_VALUE, 1, Float.MAX_VALUE, Float.POSITIVE_INFINITY);
    }
}
