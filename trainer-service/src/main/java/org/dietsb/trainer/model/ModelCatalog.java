package org.dietsb.trainer.model;

import java.util.List;

/** The built-in networks, by name. */
public final class ModelCatalog {
    private ModelCatalog() {}

    public static List<String> names() {
        return List.of("resnet8", "resnet18", "resnet20", "resnet32", "resnet56", "wrn-16-4", "wrn-28-10", "googlenet");
    }

    /**
     * Returns the network of a name.
     *
     * @throws IllegalArgumentException if no network has this name
     */
    static Net open(String name, int inputChannels, int classes) {
        return switch (name) {
            case "resnet8" -> threeStages(name, 1, inputChannels, classes);
            case "resnet20" -> threeStages(name, 3, inputChannels, classes);
            case "resnet32" -> threeStages(name, 5, inputChannels, classes);
            case "resnet56" -> threeStages(name, 9, inputChannels, classes);
            case "resnet18" ->
                new ResNet(name, new int[] {2, 2, 2, 2}, new int[] {64, 128, 256, 512}, inputChannels, classes);
            case "wrn-16-4" -> new WideResNet(name, 2, 4, inputChannels, classes);
            case "wrn-28-10" -> new WideResNet(name, 4, 10, inputChannels, classes);
            case "googlenet" -> new GoogLeNet(name, inputChannels, classes);
            default ->
                throw new IllegalArgumentException(
                        "model is " + name + ", allowed is one of " + String.join(", ", names()));
        };
    }

    /** He et al. 2016, section 4.2: depth 6 x blocks + 2. */
    private static ResNet threeStages(String name, int blocks, int inputChannels, int classes) {
        return new ResNet(name, new int[] {blocks, blocks, blocks}, new int[] {16, 32, 64}, inputChannels, classes);
    }
}
