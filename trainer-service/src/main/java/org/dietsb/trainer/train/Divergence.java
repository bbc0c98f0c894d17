package org.dietsb.trainer.train;

import java.math.BigDecimal;
import java.math.MathContext;
import org.dietsb.trainer.model.Network;

/** Ends a run whose losses or weights are no longer finite numbers. Every loss is checked once it is on the host. */
final class Divergence {
    private int epoch;
    private int batch;
    private double rate;

    /** Notes the last training step: what is found from here on is its result. */
    void stepAt(int ofEpoch, int ofBatch, double learningRate) {
        epoch = ofEpoch;
        batch = ofBatch;
        rate = learningRate;
    }

    /** Returns the losses, each of them finite. */
    float[] finite(String what, float[] losses) {
        for (float loss : losses) {
            finite(what, loss);
        }
        return losses;
    }

    /** Rejects a loss that is NaN or infinite. */
    void finite(String what, double loss) {
        if (!Double.isFinite(loss)) {
            throw diverged(what + " is " + loss);
        }
    }

    /** Rejects weights that are NaN or infinite. Waits for the device. */
    void finite(Network network) {
        String tensor = network.nonFiniteTensor();
        if (tensor != null) {
            throw diverged("tensor " + tensor + " has values that are not finite");
        }
    }

    /** Returns a finite number with three digits. */
    static String digits(double value) {
        return new BigDecimal(value)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
    }

    private RunFailedException diverged(String what) {
        return new RunFailedException(
                epoch == 0
                        ? "before the first step of this attempt, " + what + ": check the initial weights"
                        : "training diverged in epoch " + epoch + ", batch " + batch + ", at learning rate "
                                + digits(rate) + ": " + what
                                + ". Try a lower learningRate, or a longer warm-up (warmupEpochs)");
    }
}
