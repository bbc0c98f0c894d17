package org.dietsb.launcher.report;

import java.util.List;

/** A part of the report: notes, then charts and galleries, then tables. */
public record Panel(String heading, List<String> notes, List<Chart> charts, List<Gallery> galleries, List<Grid> grids) {
    /** Copies its lists. */
    public Panel {
        notes = List.copyOf(notes);
        charts = List.copyOf(charts);
        galleries = List.copyOf(galleries);
        grids = List.copyOf(grids);
    }

    /** Returns a part with tables only. */
    static Panel of(String heading, List<String> notes, Grid... grids) {
        return new Panel(heading, notes, List.of(), List.of(), List.of(grids));
    }
}
