package org.dietsb.contracts.policy;

/**
 * The colour of a method, the same in the report, the control room and the dashboards. Its name everywhere is {@link PolicyKind#label}.
 *
 * @param onLight on a light ground, as {@code #rrggbb}
 * @param onDark on a dark ground
 */
public record MethodColour(String onLight, String onDark) {

    /** Returns the colour of the methods of a kind. */
    public static MethodColour of(PolicyKind kind) {
        return switch (kind) {
            case BASELINE -> new MethodColour("#6b7482", "#9aa5b3");
            case RANDOM -> new MethodColour("#b3540f", "#f0a35e");
            case SELECTIVE -> new MethodColour("#0b5cad", "#7db8f5");
            case DIET -> new MethodColour("#1a6b3c", "#6fcf97");
            case DIET_SELECTIVE -> new MethodColour("#6a3fa0", "#bb9aed");
            case DIET_RANDOM -> new MethodColour("#8c6d00", "#d9bd4a");
            case INFOBATCH -> new MethodColour("#a3266b", "#ee8cc0");
            case REPB -> new MethodColour("#00697a", "#5cc6d8");
            case REPLAY -> new MethodColour("#5b5f00", "#c9cc5a");
            case ORDERDP -> new MethodColour("#7a2e12", "#e8a084");
            case RS2 -> new MethodColour("#355e0b", "#a3d06a");
            case PROGRESSIVE -> new MethodColour("#3b4cc0", "#a5b0ff");
            case SETA -> new MethodColour("#93207f", "#e59ad6");
            case BLS -> new MethodColour("#4a4a8a", "#b9b9f2");
            case IES -> new MethodColour("#2f6f4f", "#8fd3b0");
            case RHO -> new MethodColour("#1f5f8b", "#8cc4e8");
            case RCAP -> new MethodColour("#8b1e3f", "#f29bb2");
            case RANDOM_LIKE -> new MethodColour("#7c4a3c", "#d9a290");
        };
    }
}
