package org.dietsb.trainer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dietsb.trainer.model.Precision;

/** Every setting of the trainer. */
@ConfigMapping(prefix = "dietsb.trainer")
public interface TrainerConfig {

    /** Folder for datasets that were downloaded and models that were trained. Default ~/.dietsb, or DIETSB_HOME. */
    @WithDefault("${DIETSB_HOME:${user.home}/.dietsb}")
    Path home();

    /**
     * Folders that an order may name as its dataDir, and whose files it may name, with what is beneath them; {@code home/datasets}
     * always is one, {@code home/models} one for files. Default /usr/share/datasets, where systems put them.
     */
    @WithDefault("/usr/share/datasets")
    List<Path> dataDirs();

    /** Where to train: auto (the first GPU if there is one), cpu, or gpu:N. Default auto. */
    @WithDefault("auto")
    String device();

    /**
     * What convolutions compute in: float32, or bfloat16, which is for GPUs since Ampere: half the memory and the faster units, for
     * 8 bits of a number instead of 24. Parameters and losses are float32 always. Default float32.
     */
    @WithDefault("float32")
    Precision precision();

    /**
     * What the convolutions of selection passes compute in: float32 or bfloat16, which takes about half the time on a GPU since
     * Ampere and on a CPU with AVX512-BF16 or AMX, and longer on others. Default float32.
     */
    @WithDefault("float32")
    Precision selectionPrecision();

    /**
     * Bytes that a training or test set may have on the device, borders of 4 pixels included, [0, 2147483647]; of a larger one each
     * batch is brought there anew, to the same bits. Default 1073741824, a GiB.
     */
    @WithDefault("1073741824")
    int imagesOnDevice();

    /** Threads of one tensor operation on the CPU, 1 or more; 0 = one a processor. Default 0. */
    @WithDefault("0")
    int threads();

    /**
     * Whether the meters of stages wait at the end of each until a GPU is done with it: true for measuring, since otherwise they
     * show how long it took to queue the work, and false for speed. Default false; on the CPU both are the same.
     */
    @WithDefault("false")
    boolean measureStages();

    /**
     * Folder of checkpoints. Trainers that are to go on with each other's runs share it. Default checkpoints, in the folder of
     * datasets and models.
     */
    @WithDefault("${dietsb.trainer.home}/checkpoints")
    Path checkpointDir();

    /** Checkpoints of a run that are kept until it is over, 1 or more; the second is for when the last is damaged. Default 2. */
    @WithDefault("2")
    int checkpoints();

    /** A trainer that is told to stop goes on to the next checkpoint if it is no further away than this. Default 10 s. */
    @WithDefault("PT10S")
    Duration stopWithin();

    /**
     * How long the broker keeps an order for a trainer that is silent; renewed three times as often. The same for all
     * trainers, and what brokers allow: 15 s to 60 s unless they are told otherwise. Default 15 s.
     */
    @WithDefault("PT15S")
    Duration orderLock();

    /**
     * Which orders this trainer takes: all, or runs without the proxies of runs (losses by proxy:MODEL), or proxies alone.
     * Some trainer must take proxies where the others take runs. The same for all trainers, but for those of proxies.
     * Default all.
     */
    @WithDefault("all")
    Takes takes();

    /** Runs that may be queued or running, 1 or more; a further order over REST is refused until one is over. Default 1000. */
    @WithDefault("1000")
    int mostRuns();

    /** Attempts a run gets when the selector no longer knows it, 1 or more. Default 3. */
    @WithDefault("3")
    int attempts();
}
