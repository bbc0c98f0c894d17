package org.dietsb.bench.cost;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.system.Home;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.dietsb.testbed.LocalTrainer;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The model, the data and the device of a turn. */
final class TurnOptions {
    @Option(names = "--model", description = "model to train (default ${DEFAULT-VALUE})")
    private String model = "resnet20";

    @Option(names = "--dataset", description = "dataset, named as in dietsb train (default ${DEFAULT-VALUE})")
    private String dataset = "fashion-mini";

    @Option(names = "--data-dir", paramLabel = "DIR", description = "folder with the files of the dataset")
    private @Nullable Path dataDir;

    @InRange("[1, 65536]")
    @Option(names = "--batch-size", paramLabel = "B", description = "examples per batch (default ${DEFAULT-VALUE})")
    int batchSize = 128;

    @InRange("[1, 64]")
    @Option(names = "--window", paramLabel = "W", description = "batches in flight (default ${DEFAULT-VALUE})")
    private int window = 4;

    @Option(
            names = "--batches",
            paramLabel = "N",
            description =
                    "batches per epoch, a multiple of 4 (default ${DEFAULT-VALUE}); a run has four epochs, of which the "
                            + "last three are measured")
    int batches = 16;

    @Option(names = "--device", description = "auto (the first GPU, if any), cpu, or gpu:N (default ${DEFAULT-VALUE})")
    private String device = "auto";

    @Option(
            names = "--precision",
            defaultValue = "float32",
            converter = PrecisionName.class,
            description = "precision of convolutions: float32 or bfloat16 (default ${DEFAULT-VALUE})")
    private Precision precision = Precision.FLOAT32;

    @Option(
            names = "--selection-precision",
            defaultValue = "float32",
            converter = PrecisionName.class,
            description = "precision of convolutions in selection passes (default ${DEFAULT-VALUE})")
    private Precision selectionPrecision = Precision.FLOAT32;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "threads of a tensor operation on the CPU; 0 = one per processor (default ${DEFAULT-VALUE})")
    private int threads;

    /** Rejects values that are out of range. */
    void check() {
        WrongUsage.unless(
                batches >= 4 && batches <= 10_000 && batches % 4 == 0, "--batches", batches, "4, 8, .., 10000");
        if (dataDir != null && !Files.isDirectory(dataDir)) {
            throw new UserError("--data-dir is " + dataDir + ", which is not a folder");
        }
    }

    /** Reads the images, and opens the device. */
    Turn open() {
        try {
            TrainerDevice found = TrainerDevice.of(device, threads);
            Dataset data = new DatasetCatalog(Home.ofUser().folder()).open(dataset, dataDir, batches * batchSize);
            if (data.train().count() < batches * batchSize) {
                throw new UserError(dataset + " has " + data.train().count() + " training examples, but "
                        + batches * batchSize + " are needed: reduce --batches or --batch-size");
            }
            Precisions precisions = new Precisions(precision, selectionPrecision);
            return new Turn(new LocalTrainer(found, data, precisions), model, batchSize, window);
        } catch (DatasetException | IllegalArgumentException wrong) {
            throw new UserError(String.valueOf(wrong.getMessage()));
        }
    }

    /** Returns these options as arguments of a command that has them too. */
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
