package org.dietsb.trainer.model;

import java.util.List;

/** The networks this trainer knows by name. */
public final class ModelCatalog {
    private ModelCatalog() {}

    public static List<String> names() {
        return List.of("resnet8", "resnet18", "resnet20");
    }

    /**
     * The network of this name.
     *
     * @throws IllegalArgumentException if there is none
     */
    static ResNet open(String name, int inputChannels, int classes) {
        return switch (name) {
            case "resnet8" -> new ResNet(name, new int[] {1, 1, 1}, new int[] {16, 32, 64}, inputChannels, classes);
            case "resnet20" -> new ResNet(name, new int[] {3, 3, 3}, new int[] {16, 32, 64}, inputChannels, classes);
            case "resnet18" ->
                new ResNet(name, new int[] {2, 2, 2, 2}, new int[] {64, 128, 256, 512}, inputChannels, classes);
            default ->
                throw new IllegalArgumentException(
                        "model is " + name + ", allowed is one of " + String.join(", ", names()));
        };
    }
}
