package org.dietsb.launcher.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.dietsb.contracts.Label;
import org.dietsb.launcher.option.Dataset;
import org.dietsb.launcher.system.Checkup;
import org.dietsb.launcher.system.Ports;
import org.dietsb.launcher.text.Format;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says whether this machine can build, start and train, a line for each thing. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "Check Java, Maven, memory, disk, ports, GPU and datasets, and say how to mend what is missing."
                + " Changes nothing; exit code 1 if something must be mended.")
public final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        List<Checkup.Row> rows = new ArrayList<>(Checkup.of(ports));
        rows.add(datasets());
        rows.forEach(
                row -> System.out.println(Format.text("%-8s %-11s %s", Label.of(row.state()), row.what(), words(row))));
        return rows.stream().anyMatch(row -> row.state() == Checkup.State.WRONG) ? 1 : 0;
    }

    private static String words(Checkup.Row row) {
        return row.found() + (row.mend().isEmpty() ? "" : ": " + row.mend());
    }

    private static Checkup.Row datasets() {
        String found = Arrays.stream(Dataset.values())
                .filter(Dataset::isInUsualPlace)
                .map(Dataset::toString)
                .collect(Collectors.joining(", "));
        return new Checkup.Row(
                Checkup.State.OK,
                "datasets",
                "fashion-mini ships with the trainer" + (found.isEmpty() ? "" : "; in the usual places " + found)
                        + "; others are downloaded when they are first used, or named with --data-dir",
                "");
    }
}
