package org.dietsb.bench.path;

import java.util.Random;

/** Losses as they look after some training. */
public final class Losses {
    private Losses() {}

    /** Draws exponentially distributed losses. */
    public static float[] draw(Random random, int count) {
        float[] losses = new float[count];
        for (int i = 0; i < count; i++) {
            losses[i] = (float) -Math.log(1 - random.nextDouble());
        }
        return losses;
    }
}
