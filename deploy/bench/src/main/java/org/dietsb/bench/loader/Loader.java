package org.dietsb.bench.loader;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.dietsb.bench.report.BenchOptions;
import org.dietsb.bench.report.Limit;
import org.dietsb.bench.report.Machine;
import org.dietsb.bench.report.Report;
import org.dietsb.bench.report.Row;
import org.dietsb.contracts.RandomStream;
import org.dietsb.launcher.system.Launch;
import org.dietsb.launcher.text.InRange;
import org.dietsb.launcher.text.Progress;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.Spread;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.OnBadPicture;
import org.dietsb.trainer.dataset.PictureRules;
import org.dietsb.trainer.device.TrainerDevice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares how fast the trainer reads pictures that it does not keep decoded with PyTorch's DataLoader. */
@Command(
        name = "loader",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measure how many pictures a second the trainer decodes ahead, augments and puts into batches, beside PyTorch's"
                        + " DataLoader on the same generated folder of JPEGs, and how long it takes to open the folder. Requires"
                        + " Python with torch, numpy and Pillow.")
public final class Loader implements Callable<Integer> {
    private static final double LIMIT = 1;

    @InRange("[100, 1000000]")
    @Option(
            names = "--pictures",
            defaultValue = "20000",
            description = "pictures of the folder (default ${DEFAULT-VALUE})")
    private int pictures = 20_000;

    @InRange("[8, 512]")
    @Option(names = "--image-size", defaultValue = "224", description = "side in pixels (default ${DEFAULT-VALUE})")
    private int side = 224;

    @InRange("[1, 65536]")
    @Option(
            names = "--batch-size",
            defaultValue = "128",
            description = "pictures of a batch (default ${DEFAULT-VALUE})")
    private int batch = 128;

    @InRange("[0, 64]")
    @Option(
            names = "--workers",
            defaultValue = "2",
            description = "workers of the DataLoader (default ${DEFAULT-VALUE})")
    private int workers = 2;

    @Option(names = "--python", defaultValue = "python3", description = "Python to use (default ${DEFAULT-VALUE})")
    private String python = "python3";

    @Mixin
    private BenchOptions options = new BenchOptions(5);

    /** One round: pictures a second. */
    private record Turn(double ours, double theirs) {}

    @Override
    public Integer call() {
        options.check();
        try (PyTorchLoader theirs = new PyTorchLoader()) {
            Path folder = theirs.folder().resolve("pictures");
            String version = theirs.start(List.of(
                    python,
                    Launch.root()
                            .resolve(Path.of("deploy", "pytorch", "loader_time.py"))
                            .toString(),
                    "--folder=" + folder.resolve("train"),
                    "--side=" + side,
                    "--batch=" + batch,
                    "--workers=" + workers));
            Pictures.write(folder, pictures);
            compare(folder, theirs, version);
            return 0;
        } catch (IOException failed) {
            throw new UserError("cannot write the pictures: " + failed.getMessage());
        } catch (DatasetException unreadable) {
            throw new UserError(String.valueOf(unreadable.getMessage()));
        }
    }

    private void compare(Path folder, PyTorchLoader theirs, String version) throws DatasetException {
        Path home = theirs.folder().resolve("home");
        long started = System.nanoTime();
        Dataset unused = open(folder, home);
        double first = seconds(started);
        started = System.nanoTime();
        Dataset dataset = open(folder, home);
        double again = seconds(started);
        List<Turn> turns = new ArrayList<>();
        try (NDManager manager =
                        NDManager.newBaseManager(TrainerDevice.of("cpu", 0).device());
                DeviceImages images = new DeviceImages(manager, dataset.train(), dataset.mean(), dataset.std(), 0);
                Progress progress = Progress.onStandardError("loader")) {
            for (int round = 0; round <= options.rounds; round++) {
                Turn turn = new Turn(pass(manager, images, round), theirs.pass());
                // The first round warms both up.
                if (round > 0) {
                    turns.add(turn);
                    progress.line("round " + round + " of " + options.rounds);
                }
            }
        }
        Row row = new Row(
                        pictures + " JPEGs to " + side + " x " + side,
                        Spread.of(turns, turn -> turn.ours / turn.theirs),
                        Limit.atLeast(LIMIT))
                .with("pictures/s", Spread.of(turns, Turn::ours).median())
                .with(
                        "PyTorch " + version + ", " + workers + " workers",
                        Spread.of(turns, Turn::theirs).median())
                .with("first opening s", first)
                .with("next opening s", again);
        options.publish(new Report(Machine.words(), List.of(row)));
    }

    private Dataset open(Path folder, Path home) throws DatasetException {
        PictureRules rules = new PictureRules(side, OnBadPicture.FAIL, 0, anywhere -> true);
        return new DatasetCatalog(home).open(DatasetCatalog.anyFolder(), folder, 0, rules);
    }

    /** Gathers all pictures once in a random order; returns pictures a second. */
    private double pass(NDManager manager, DeviceImages images, int epoch) {
        int[] order = IntStream.range(0, images.count()).toArray();
        RandomStream.of("shuffle", 1).shuffle(order, epoch);
        long started = System.nanoTime();
        images.expect(order);
        for (int from = 0; from < order.length; from += batch) {
            int[] indices = Arrays.copyOfRange(order, from, Math.min(order.length, from + batch));
            try (NDManager scratch = manager.newSubManager()) {
                NDArray gathered = images.gatherAugmented(scratch, indices, 1, epoch, true, true);
                if (gathered.getShape().get(0) != indices.length) {
                    throw new IllegalStateException("a batch has shape " + gathered.getShape());
                }
            }
        }
        return order.length / seconds(started);
    }

    private static double seconds(long nanos) {
        return (System.nanoTime() - nanos) / 1e9;
    }
}
