package org.dietsb.launcher.option;

import org.dietsb.contracts.Label;

/** A network of the trainer's catalogue. */
public enum Model {
    RESNET8,
    RESNET18,
    RESNET20,
    RESNET32,
    RESNET56,
    WRN_16_4,
    WRN_28_10,
    GOOGLENET;

    @Override
    public String toString() {
        return Label.of(this);
    }
}
