package org.dietsb.selector.policy;

/** Exact inclusion probabilities of drawing m of n one after the other, without replacement, by weight: over all 2^n subsets. */
final class Inclusion {
    private Inclusion() {}

    static double[] exact(double[] weights, int m) {
        int n = weights.length;
        double[] reached = new double[1 << n];
        reached[0] = 1;
        double[] inclusion = new double[n];
        for (int drawn = 0; drawn < reached.length; drawn++) {
            if (Integer.bitCount(drawn) == m) {
                for (int i = 0; i < n; i++) {
                    inclusion[i] += (drawn >> i & 1) * reached[drawn];
                }
            } else if (Integer.bitCount(drawn) < m) {
                double left = 0;
                for (int i = 0; i < n; i++) {
                    left += (1 - (drawn >> i & 1)) * weights[i];
                }
                for (int i = 0; i < n; i++) {
                    if ((drawn >> i & 1) == 0) {
                        reached[drawn | 1 << i] += reached[drawn] * weights[i] / left;
                    }
                }
            }
        }
        return inclusion;
    }
}
