package org.dietsb.launcher.report;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.experiment.Setting;

/** The panels of an experiment in reading order. */
public final class Report {
    private Report() {}

    /** Returns all panels, as far as there are results. */
    public static List<Panel> panels(Evidence evidence) {
        List<Panel> panels = new ArrayList<>();
        AccuracyPanels accuracy = new AccuracyPanels(evidence);
        CostPanels cost = new CostPanels(evidence);
        ControlPanel controls = new ControlPanel(evidence);
        OverlapPanels overlap = new OverlapPanels(evidence);
        ExamplePanels examples = new ExamplePanels(evidence);
        List<Setting> settings = evidence.experiment().settings();
        panels.add(new Claims(evidence).panel());
        settings.forEach(setting -> panels.add(controls.of(setting)));
        settings.forEach(setting -> panels.add(accuracy.byLoss(setting)));
        settings.forEach(setting -> panels.add(accuracy.byDiet(setting)));
        panels.add(overlap.ofScores());
        panels.add(overlap.ofUsage());
        panels.add(examples.easiestAndHardest());
        panels.add(examples.lowestCombined());
        panels.add(examples.classes());
        settings.forEach(setting -> panels.add(cost.table1(setting)));
        settings.forEach(setting -> panels.add(cost.breakEven(setting)));
        return panels;
    }

    public static List<String> verdicts(Evidence evidence) {
        return new Claims(evidence)
                .all().stream()
                        .map(verdict -> verdict.answer() + ": " + verdict.claim() + " (" + verdict.figures() + ")")
                        .toList();
    }
}
