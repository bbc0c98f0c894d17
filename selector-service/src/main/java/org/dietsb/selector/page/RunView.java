package org.dietsb.selector.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.dietsb.selector.record.RecordedRun;
import org.dietsb.selector.report.Cost;
import org.dietsb.selector.report.Ledger;
import org.dietsb.selector.report.RunReport;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.swap.PolicyRevision;
import org.dietsb.selector.swap.Standing;
import org.jspecify.annotations.Nullable;

/** Contents of the live part of a run's page. */
record RunView(
        RunSheet run,
        RunRow row,
        List<Stretch> timeline,
        List<Chart> charts,
        Bars losses,
        List<FigureRow> figures,
        List<CostRow> costs,
        @Nullable BesideControls controls,
        List<HistoryRow> history,
        PolicyRevision current,
        String masks,
        String waitsFor,
        List<Partner> partners,
        List<Setting> settings,
        RunLinks links,
        Viewer.Badge viewer) {
    /** Minimum length of the axis of accuracy: less would magnify noise. */
    private static final double LEAST_OF_ACCURACY = .02;

    /** The run's proxy, or the run whose proxy it is, as text. */
    record Partner(String what, String id, String words) {
        static Partner of(RunSheet run, RunSheet other) {
            double passes = other.figures().stream()
                    .mapToDouble(RunSheet.Figures::passes)
                    .sum();
            double seconds = other.figures().stream()
                    .mapToDouble(RunSheet.Figures::seconds)
                    .sum();
            return new Partner(
                    run.proxyOf().isEmpty() ? "Proxy" : "Proxy of",
                    other.id(),
                    other.model() + ", " + other.state() + ", " + Words.number(passes) + " passes in "
                            + Words.seconds(seconds));
        }
    }

    /** The figures of an epoch, as text. */
    record FigureRow(
            int epoch,
            String accuracy,
            String trainLoss,
            String seenLoss,
            String selectedLoss,
            String kept,
            String passes,
            String seconds,
            String baselineSeconds,
            String maskWait) {

        static FigureRow of(RunSheet.Figures one, Ledger ledger) {
            return new FigureRow(
                    one.epoch(),
                    Words.percent(one.accuracy()),
                    Words.number(one.trainLoss()),
                    Words.number(one.meanLossSeen()),
                    Words.number(one.meanLossSelected()),
                    Words.percent(one.kept()),
                    Words.number(one.passes()),
                    Words.seconds(one.seconds()),
                    Words.seconds(baselineSeconds(ledger, one.epoch())),
                    Words.seconds(one.maskWait()));
        }

        private static @Nullable Double baselineSeconds(Ledger ledger, int epoch) {
            return ledger.epochs().stream()
                    .filter(one -> one.epoch() == epoch)
                    .findFirst()
                    .map(one -> one.cost().baselineSeconds())
                    .orElse(null);
        }
    }

    /**
     * A part of the run's cost so far, as text.
     *
     * @param share of the baseline's cost; empty if the baseline has no such cost
     */
    record CostRow(String what, String run, String baseline, String share) {

        /** Returns no rows before the first epoch ends. */
        static List<CostRow> of(Ledger ledger) {
            if (ledger.epochs().isEmpty()) {
                return List.of();
            }
            Cost total = ledger.total();
            return List.of(
                    new CostRow(
                            "Passes over the training set",
                            Words.number(total.passes()),
                            Words.number(total.baselinePasses()),
                            share(total.passes(), total.baselinePasses())),
                    new CostRow(
                            "Time",
                            Words.seconds(total.seconds()),
                            Words.seconds(total.baselineSeconds()),
                            share(total.seconds(), total.baselineSeconds())),
                    new CostRow(
                            "Time in training steps",
                            Words.seconds(total.stepSeconds()),
                            Words.seconds(total.baselineSeconds()),
                            share(total.stepSeconds(), total.baselineSeconds())),
                    new CostRow(
                            "Left out of the training set",
                            Words.percent(ledger.leftOut())
                                    + (ledger.nominal() == null
                                            ? ", no nominal rate"
                                            : ", nominal " + Words.percent(ledger.nominal())),
                            Words.percent(0.0),
                            ""),
                    new CostRow("Time in selection passes", Words.seconds(total.selectionSeconds()), Words.UNKNOWN, ""),
                    new CostRow("Time waiting for masks", Words.seconds(total.maskWaitSeconds()), Words.UNKNOWN, ""));
        }

        private static String share(double cost, @Nullable Double ofBaseline) {
            return ofBaseline == null || ofBaseline == 0 ? Words.UNKNOWN : Words.wholePercent(cost / ofBaseline);
        }
    }

    /**
     * Lists policies newest first, like the list of runs.
     *
     * @param all the runs among which controls may be
     */
    static RunView of(
            RunSheet run,
            List<PolicyRevision> revisions,
            Ledger ledger,
            Optional<RunReport> report,
            Optional<RecordedRun> recorded,
            Optional<RunSheet> partner,
            Supplier<List<RunSheet>> all,
            String waitsFor,
            Optional<Instant> lostSince,
            RunLinks links,
            Viewer.Badge viewer) {
        List<HistoryRow> history = new ArrayList<>();
        List<Standing> standings = Standing.of(revisions, run);
        for (PolicyRevision revision : revisions) {
            int i = history.size();
            history.add(HistoryRow.of(revision, standings.get(i), i == revisions.size() - 1));
        }
        Collections.reverse(history);
        return new RunView(
                run,
                RunRow.of(run, lostSince.isPresent(), waitsFor, null, ""),
                Stretch.of(run),
                charts(run),
                Bars.of(report),
                run.figures().stream().map(one -> FigureRow.of(one, ledger)).toList(),
                CostRow.of(ledger),
                BesideControls.of(run, all).orElse(null),
                history,
                revisions.get(revisions.size() - 1),
                Words.masks(recorded),
                lostSince
                        .map(since -> "nothing heard since " + Words.time(since)
                                + ": resume it where its loop is, or cancel it")
                        .orElse(RunRow.waits(waitsFor)),
                partner.map(other -> List.of(Partner.of(run, other))).orElse(List.of()),
                Setting.of(run),
                links,
                viewer);
    }

    /** Summarises the settings in one line. */
    public String settingsInShort() {
        return Setting.summary(run);
    }

    /** Returns whether there is nothing to draw yet. */
    public boolean isBlank() {
        return figures.isEmpty() && losses.bars().isEmpty();
    }

    private static List<Chart> charts(RunSheet run) {
        return List.of(
                Chart.of(
                        "accuracy",
                        "Accuracy",
                        run,
                        Axis.around("share of the test set", Words::share, LEAST_OF_ACCURACY),
                        new Chart.Curve("test set", RunSheet.Figures::accuracy)),
                Chart.of(
                        "loss",
                        "Loss",
                        run,
                        Axis.fromZero("nats per example", Words::number, 0),
                        new Chart.Curve("trained", RunSheet.Figures::trainLoss),
                        new Chart.Curve("seen", RunSheet.Figures::meanLossSeen),
                        new Chart.Curve("selected", RunSheet.Figures::meanLossSelected)),
                Chart.of(
                        "kept",
                        "Backpropagated",
                        run,
                        Axis.fromZero("share of all examples", Words::share, 1),
                        new Chart.Curve("kept", RunSheet.Figures::kept)),
                Chart.of(
                        "passes",
                        "Cost",
                        run,
                        Axis.fromZero("passes over the training set", Words::number, 1),
                        new Chart.Curve("this run", RunSheet.Figures::passes),
                        new Chart.Curve("baseline", one -> 1.0)),
                Chart.of(
                        "seconds",
                        "Time",
                        run,
                        Axis.fromZero("seconds", Words::number, 0),
                        new Chart.Curve("epoch", RunSheet.Figures::seconds),
                        new Chart.Curve("waiting for masks", RunSheet.Figures::maskWait)));
    }
}
