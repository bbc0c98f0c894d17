package org.dietsb.selector.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.swap.PolicyRevision;

/** What the live part of a run's page shows. */
record RunView(
        RunSheet run,
        RunRow row,
        List<Stretch> timeline,
        List<Chart> charts,
        Bars losses,
        List<FigureRow> figures,
        List<HistoryRow> history,
        PolicyRevision current,
        String masks,
        Viewer.Badge viewer) {

    /** An epoch's figures as text. */
    record FigureRow(
            int epoch, String accuracy, String trainLoss, String kept, String passes, String seconds, String maskWait) {

        static FigureRow of(RunSheet.Figures one) {
            return new FigureRow(
                    one.epoch(),
                    Words.percent(one.accuracy()),
                    Words.number(one.trainLoss()),
                    Words.percent(one.kept()),
                    Words.number(one.passes()),
                    Words.seconds(one.seconds()),
                    Words.seconds(one.maskWait()));
        }
    }

    /** Newest policy first, as in the list of runs. */
    static RunView of(
            RunSheet run,
            List<PolicyRevision> revisions,
            Optional<RunReport> report,
            Optional<RecordedRun> recorded,
            Viewer.Badge viewer) {
        List<HistoryRow> history = new ArrayList<>();
        for (PolicyRevision revision : revisions) {
            history.add(HistoryRow.of(revision, history.size() == revisions.size() - 1));
        }
        Collections.reverse(history);
        return new RunView(
                run,
                RunRow.of(run),
                Stretch.of(run),
                charts(run),
                Bars.of(report),
                run.figures().stream().map(FigureRow::of).toList(),
                history,
                revisions.get(revisions.size() - 1),
                Words.masks(recorded),
                viewer);
    }

    /** Whether there is nothing to draw yet. */
    public boolean isBlank() {
        return figures.isEmpty() && losses.bars().isEmpty();
    }

    private static List<Chart> charts(RunSheet run) {
        return List.of(
                Chart.of(
                        "Accuracy",
                        run,
                        Words::wholePercent,
                        1,
                        new Chart.Curve("test set", RunSheet.Figures::accuracy)),
                Chart.of(
                        "Loss, nats",
                        run,
                        Words::number,
                        0,
                        new Chart.Curve("trained", RunSheet.Figures::trainLoss),
                        new Chart.Curve("seen", RunSheet.Figures::meanLossSeen),
                        new Chart.Curve("selected", RunSheet.Figures::meanLossSelected)),
                Chart.of(
                        "Backpropagated, of all examples",
                        run,
                        Words::wholePercent,
                        1,
                        new Chart.Curve("kept", RunSheet.Figures::kept)),
                Chart.of(
                        "Cost, passes over the training set",
                        run,
                        Words::number,
                        1,
                        new Chart.Curve("this run", RunSheet.Figures::passes),
                        new Chart.Curve("baseline", one -> 1.0)),
                Chart.of(
                        "Seconds",
                        run,
                        Words::number,
                        0,
                        new Chart.Curve("epoch", RunSheet.Figures::seconds),
                        new Chart.Curve("waiting for masks", RunSheet.Figures::maskWait)));
    }
}
