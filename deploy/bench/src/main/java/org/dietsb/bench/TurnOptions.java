package org.dietsb.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.device.TrainerDevice;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What trains in a turn, on what, and how. */
final class TurnOptions {
    @Option(names = "--model", defaultValue = "resnet20", description = "default ${DEFAULT-VALUE}")
    private String model = "resnet20";

    @Option(
            names = "--dataset",
            defaultValue = "fashion-mini",
            description = "as of dietsb train (default ${DEFAULT-VALUE})")
    private String dataset = "fashion-mini";

    @Option(names = "--data-dir", paramLabel = "DIR", description = "where the dataset's files are")
    private @Nullable Path dataDir;

    @Option(
            names = "--batch-size",
            paramLabel = "B",
            defaultValue = "128",
            description = "examples of a batch (default ${DEFAULT-VALUE})")
    int batchSize = 128;

    @Option(
            names = "--window",
            paramLabel = "W",
            defaultValue = "4",
            description = "batches on their way at a time (default ${DEFAULT-VALUE})")
    private int window = 4;

    @Option(
            names = "--batches",
            paramLabel = "N",
            defaultValue = "16",
            description =
                    "batches of an epoch, a multiple of 4 (default ${DEFAULT-VALUE}); a run is of four epochs, the"
                            + " last three of which count")
    int batches = 16;

    @Option(
            names = "--device",
            defaultValue = "auto",
            description = "auto (the first GPU if there is one), cpu, or gpu:N (default ${DEFAULT-VALUE})")
    private String device = "auto";

    @Option(
            names = "--precision",
            defaultValue = "float32",
            converter = PrecisionName.class,
            description = "of convolutions: float32 or bfloat16 (default ${DEFAULT-VALUE})")
    private Precision precision = Precision.FLOAT32;

    @Option(
            names = "--selection-precision",
            defaultValue = "float32",
            converter = PrecisionName.class,
            description = "of the selection pass's convolutions (default ${DEFAULT-VALUE})")
    private Precision selectionPrecision = Precision.FLOAT32;

    @Option(
            names = "--threads",
            paramLabel = "T",
            defaultValue = "0",
            description = "of one tensor operation on the CPU; 0 = one a processor (default ${DEFAULT-VALUE})")
    private int threads;

    /** Fails if one of them is out of its range. */
    void check() {
        WrongUsage.unless(batchSize >= 1 && batchSize <= 65_536, "--batch-size", batchSize, "[1, 65536]");
        WrongUsage.unless(window >= 1 && window <= 64, "--window", window, "[1, 64]");
        WrongUsage.unless(
                batches >= 4 && batches <= 10_000 && batches % 4 == 0, "--batches", batches, "4, 8, .., 10000");
        if (dataDir != null && !Files.isDirectory(dataDir)) {
            throw new UserError("--data-dir is " + dataDir + ", which is no folder");
        }
    }

    /** Reads the images, and finds the device. */
    Turn open() {
        try {
            TrainerDevice found = TrainerDevice.of(device, threads);
            Dataset data = new DatasetCatalog(Home.ofUser().folder()).open(dataset, dataDir, batches * batchSize);
            if (data.train().count() < batches * batchSize) {
                throw new UserError(dataset + " has " + data.train().count() + " training examples, "
                        + batches * batchSize + " are needed: --batches or --batch-size must be less");
            }
            return new Turn(model, data, found, new Precisions(precision, selectionPrecision), batchSize, window);
        } catch (DatasetException | IllegalArgumentException wrong) {
            throw new UserError(String.valueOf(wrong.getMessage()));
        }
    }

    /** As they are given to a command that has them too. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--model=" + model,
                "--dataset=" + dataset,
                "--batch-size=" + batchSize,
                "--window=" + window,
                "--batches=" + batches,
                "--device=" + device,
                "--precision=" + precision.label(),
                "--selection-precision=" + selectionPrecision.label(),
                "--threads=" + threads));
        if (dataDir != null) {
            arguments.add("--data-dir=" + dataDir);
        }
        return arguments;
    }
}
