package org.dietsb.launcher.report;

import java.util.List;

/** A part of the report: what it shows in words, then pictures, then tables. */
public record Panel(String heading, List<String> says, List<Chart> charts, List<Gallery> galleries, List<Grid> grids) {
    /** Copies its lists. */
    public Panel {
        says = List.copyOf(says);
        charts = List.copyOf(charts);
        galleries = List.copyOf(galleries);
        grids = List.copyOf(grids);
    }
}
