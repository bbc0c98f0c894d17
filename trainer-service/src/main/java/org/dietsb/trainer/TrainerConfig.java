package org.dietsb.trainer;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.dietsb.trainer.model.Precision;
import org.hibernate.validator.constraints.time.DurationMin;

/** Every setting of the trainer, with its default and its range. */
@ConfigMapping(prefix = "dietsb.trainer")
public interface TrainerConfig {

    /** Folder for downloaded datasets and trained models. Default: ~/.dietsb, or DIETSB_HOME. */
    @WithDefault("${DIETSB_HOME:${user.home}/.dietsb}")
    Path home();

    /**
     * Folders that an order may name as its dataDir, and whose files it may name, subfolders included. {@code home/datasets} is
     * always one of them, {@code home/models} for files only. Default: /usr/share/datasets, where systems install datasets.
     */
    @WithDefault("/usr/share/datasets")
    List<Path> dataDirs();

    /** Device to train on: auto (the first GPU, if any), cpu, or gpu:N. Default: auto. */
    @WithDefault("auto")
    @Pattern(regexp = "auto|cpu|gpu:\\d{1,3}", message = "is ${validatedValue}, allowed is auto, cpu or gpu:N")
    String device();

    /**
     * Precision of convolutions: float32 or bfloat16. bfloat16 is for GPUs since Ampere: half the memory and faster units, with 8
     * instead of 24 significant bits. Parameters and losses are always float32. Default: float32.
     */
    @WithDefault("float32")
    Precision precision();

    /**
     * Precision of the convolutions of selection passes: float32 or bfloat16. bfloat16 takes about half the time on a GPU since
     * Ampere and on a CPU with AVX512-BF16 or AMX, and longer on others. Default: float32.
     */
    @WithDefault("float32")
    Precision selectionPrecision();

    /**
     * Maximum size in bytes of a training or test set that is kept on the device, borders of 4 pixels included. The batches of a
     * larger set are copied to the device one by one, with the same bits. Default: 1073741824 (1 GiB).
     */
    @WithDefault("1073741824")
    @Min(value = 0, message = "is ${validatedValue}, allowed is [0, 2147483647]")
    int imagesOnDevice();

    /**
     * Largest size in bytes of a split of an image folder, decoded, that is kept in a file in the home folder and mapped into memory; the
     * pictures of a larger one are decoded ahead of each batch. 0 = half of the memory of this machine or container. Default: 0.
     */
    @WithDefault("0")
    @Min(value = 0, message = "is ${validatedValue}, allowed is 0 (half of the memory) or more")
    long decodedPictures();

    /** Number of threads of one tensor operation on the CPU; 0 = one per processor. Default: 0. */
    @WithDefault("0")
    @Min(value = 0, message = "is ${validatedValue}, allowed is 0 (one per processor) or more")
    int threads();

    /**
     * Whether the meters of stages wait at the end of each stage until a GPU has finished it. If false, they show how long it took
     * to queue the work, and training is faster. No difference on the CPU. Default: false.
     */
    @WithDefault("false")
    boolean measureStages();

    /** Folder of checkpoints. Trainers that continue each other's runs share it. Default: checkpoints in the home folder. */
    @WithDefault("${dietsb.trainer.home}/checkpoints")
    Path checkpointDir();

    /** Number of checkpoints kept per run until it is over; a second one serves if the last is damaged. Default: 2. */
    @WithDefault("2")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int checkpoints();

    /** How long the checkpoints of a failed or cancelled run are kept, so that it can be resumed. Default: 7 days. */
    @WithDefault("P7D")
    @DurationMin(message = "is ${validatedValue}, allowed is PT0S or more")
    Duration resumableFor();

    /** Maximum number of failed and cancelled runs whose checkpoints are kept, those that ended last. Default: 10. */
    @WithDefault("10")
    @Min(value = 0, message = "is ${validatedValue}, allowed is 0 or more")
    int mostResumable();

    /**
     * On shutdown a run stops at its next batch and has this time to get there and to write a checkpoint. A run with a proxy, and a proxy,
     * continue to their next checkpoint if it is expected within this time. Default: 10 s.
     */
    @WithDefault("PT10S")
    @DurationMin(message = "is ${validatedValue}, allowed is PT0S or more")
    Duration stopWithin();

    /**
     * How long the broker keeps an order for a silent trainer; the lock is renewed three times as often. The same for all trainers,
     * and within the limits of the brokers, by default 15 s to 60 s. Default: 15 s.
     */
    @WithDefault("PT15S")
    @DurationMin(seconds = 1, message = "is ${validatedValue}, allowed is PT1S or more")
    Duration orderLock();

    /**
     * Orders that this trainer takes: all, runs (without the proxies of runs, losses by proxy:MODEL), or proxies. If some trainers
     * take runs only, others must take proxies. The same for all trainers, except those of proxies. Default: all.
     */
    @WithDefault("all")
    Takes takes();

    /**
     * Maximum number of runs that are over and kept in topic run-events, those that ended last; further ones are deleted within an hour or
     * two. Default 10,000: some 25 MB of topic and 20 MB of memory for runs of 20 epochs.
     */
    @WithDefault("10000")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostFinished();

    /**
     * How long runs that are over are kept in topic run-events; 8 days or more, longer than orders, which are kept for 7. Default 90 days, as
     * long as recorded masks.
     */
    @WithDefault("P90D")
    @DurationMin(days = 8, message = "is ${validatedValue}, allowed is P8D or more")
    Duration finishedFor();

    /** Maximum number of queued and running runs; further orders over REST are rejected. Default: 1000. */
    @WithDefault("1000")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostRuns();

    /**
     * Trainers that may end while they train a run, by a crash, without a new checkpoint in between; then the run fails. An orderly
     * shutdown does not count. Default: 3.
     */
    @WithDefault("3")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int mostDeaths();

    /**
     * How long a batch, an evaluation or the writing of results may compute. After that this process ends, for its supervisor to
     * restart it: a call of a library that hangs cannot be interrupted. Waiting, as for the selector, does not count. Default: 30 min.
     */
    @WithDefault("PT30M")
    @DurationMin(seconds = 1, message = "is ${validatedValue}, allowed is PT1S or more")
    Duration stuckAfter();

    /** How long a cancelled run may continue, for example to read its dataset, before this process ends likewise. Default: 5 min. */
    @WithDefault("PT5M")
    @DurationMin(seconds = 1, message = "is ${validatedValue}, allowed is PT1S or more")
    Duration cancelWithin();

    /**
     * Silence after which a running run that a loop of its own trains is shown as lost: its process seems to have ended. Default: 5 min; such a loop
     * writes a sign of life every 15 s.
     */
    @WithDefault("PT5M")
    @DurationMin(seconds = 1, message = "is ${validatedValue}, allowed is PT1S or more")
    Duration lostAfter();

    /** Time from one comment to the next in a stream of events, so that no proxy closes a quiet one. Default: 15 s. */
    @WithDefault("PT15S")
    @DurationMin(millis = 10, message = "is ${validatedValue}, allowed is PT0.01S or more")
    Duration heartbeat();

    /** Attempts of a run if the selector no longer knows it. Default: 3. */
    @WithDefault("3")
    @Min(value = 1, message = "is ${validatedValue}, allowed is 1 or more")
    int attempts();
}
