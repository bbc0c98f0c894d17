package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.dietsb.trainer.TrainerConfig;
import org.dietsb.trainer.checkpoint.CheckpointFiles;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.model.Initial;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.model.Safetensors;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Loads networks and images onto the device of this trainer. */
@Singleton
public class NetworkLoader {
    private static final Logger LOG = Logger.getLogger(NetworkLoader.class);

    private final TrainerConfig config;
    private final String service;
    private final String version;
    private volatile @Nullable TrainerDevice device;

    NetworkLoader(
            TrainerConfig config,
            @ConfigProperty(name = "quarkus.application.name") String service,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.config = config;
        this.service = service;
        this.version = version;
    }

    /**
     * Finds the device to train on.
     *
     * @throws IllegalArgumentException naming the setting that is wrong
     */
    void start() {
        TrainerDevice found = TrainerDevice.of(config.device(), config.threads());
        device = found;
        LOG.infof(
                "Training on %s in %s, selection in %s: %s; libtorch %s of %s with %s",
                found.description(),
                config.precision().label(),
                config.selectionPrecision().label(),
                found.why(),
                found.libtorch().version(),
                found.libtorch().folder(),
                features(found));
    }

    /** The device of this trainer; empty before start-up. */
    public Optional<TrainerDevice> device() {
        return Optional.ofNullable(device);
    }

    private TrainerDevice started() {
        return device().orElseThrow(() -> new IllegalStateException("not started"));
    }

    boolean isOnGpu() {
        return started().device().isGpu();
    }

    /** Creates the network of an order, fresh or from a checkpoint. The tensors of the checkpoint are not retained. */
    Network load(TrainingOrder order, Dataset dataset, CheckpointFiles.@Nullable Saved saved) {
        NetworkSpec.Origin origin = saved == null
                ? new NetworkSpec.Origin(order.model(), script(order), initial(order, dataset), null)
                : new NetworkSpec.Origin(order.model(), null, null, saved.content());
        Network network = Network.create(
                new NetworkSpec(
                        origin,
                        dataset.train().channels(),
                        dataset.classNames().size(),
                        order.seed(),
                        order.recipe().momentum(),
                        order.recipe().weightDecay()),
                started().device(),
                new Precisions(config.precision(), config.selectionPrecision()));
        if (saved != null) {
            LOG.infof("Checkpoint %s is loaded", saved.file());
        }
        return network;
    }

    private byte @Nullable [] script(TrainingOrder order) {
        return read("modelFile", order.modelFile(), Files::readAllBytes);
    }

    private @Nullable Initial initial(TrainingOrder order, Dataset dataset) {
        Initial initial = read("init", order.init(), file -> Initial.of(Safetensors.read(file), dataset.classNames()));
        if (initial != null) {
            initial.notes().forEach(note -> LOG.infof("Run %s: %s", order.runId(), note));
        }
        return initial;
    }

    private interface FileReader<T> {
        T read(Path file) throws IOException;
    }

    private <T> @Nullable T read(String field, TrainingOrder.@Nullable GivenFile file, FileReader<T> reader) {
        try {
            return file == null ? null : reader.read(new DataFolders(config).unchanged(field, file));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(field + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    /** Puts a set of images where the network is, if it is small enough. */
    DeviceImages images(Network network, Dataset dataset, ImageSet set) {
        return new DeviceImages(network.manager(), set, dataset.mean(), dataset.std(), config.imagesOnDevice());
    }

    /** Describes everything that computes: with equal fingerprints, equal input gives equal bits. */
    String fingerprint() {
        TrainerDevice on = started();
        int threads = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
        return String.join(
                "; ",
                on.description(),
                "libtorch " + on.libtorch().version() + " with " + features(on),
                threads + " threads",
                config.precision().label() + ", selection "
                        + config.selectionPrecision().label());
    }

    /** Returns the versions of what computes, for people. */
    String versions() {
        TrainerDevice on = started();
        return String.format(
                Locale.ROOT,
                "%s %s, libtorch %s on %s, Java %s",
                service,
                version,
                on.libtorch().version(),
                on.description(),
                Runtime.version().feature());
    }

    private static String features(TrainerDevice device) {
        return String.join(", ", new TreeSet<>(device.libtorch().features()));
    }
}
