package org.dietsb.trainer.checkpoint;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dietsb.contracts.Sha256;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.Safetensors;
import org.dietsb.trainer.wire.Checkpoint;
import org.jboss.logging.Logger;

/**
 * Checkpoints of runs: {@code RUN/ATTEMPT/EPOCH-BATCH-CHECKSUM.safetensors}, where the checksum is the SHA-256 of the file; {@code EPOCH-BATCH+N-CHECKSUM} with N batches
 * in flight, so that a trainer of an earlier version, which would overlook them, takes the checkpoint before. A file
 * appears complete or not at all. Several trainers may share the folder: an attempt writes to its own subfolder only.
 */
public final class CheckpointFiles {
    private static final Logger LOG = Logger.getLogger(CheckpointFiles.class);
    private static final Pattern NAME = Pattern.compile("(\\d+)-(\\d+)(?:\\+\\d+)?-([0-9a-f]{64})\\.safetensors");
    private static final String STATE = "dietsb.checkpoint";

    /** Newest first: a later attempt has resumed from a checkpoint of an earlier one. */
    private static final Comparator<Place> NEWEST_FIRST = Comparator.comparingLong(Place::attempt)
            .thenComparingInt(Place::epoch)
            .thenComparingInt(Place::batch)
            .reversed();

    private final Path root;
    private final int kept;

    /**
     * Uses a folder, which is created when needed.
     *
     * @param kept number of checkpoints of a run to keep
     */
    public CheckpointFiles(Path root, int kept) {
        this.root = root;
        this.kept = kept;
    }

    /** The file of a checkpoint, by its name. */
    private record Place(Path file, long attempt, int epoch, int batch, String checksum) {}

    /**
     * A checkpoint that was read.
     *
     * @param content its tensors, including those of the optimizer
     */
    public record Saved(Path file, Checkpoint checkpoint, Safetensors.Content content) {}

    /**
     * Writes a checkpoint, and deletes those of the run that are no longer kept.
     *
     * @return its size in bytes
     */
    public long write(String runId, long attempt, Checkpoint checkpoint, Network network) throws IOException {
        Path folder = Files.createDirectories(root.resolve(runId).resolve(String.valueOf(attempt)));
        Path partial = folder.resolve("partial");
        Path whole;
        try {
            network.writeTraining(partial, Map.of(STATE, Base64.getEncoder().encodeToString(checkpoint.toByteArray())));
            try (FileChannel file = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            int inFlight = checkpoint.getInFlightCount();
            String name = checkpoint.getEpoch() + "-" + checkpoint.getBatch() + (inFlight == 0 ? "" : "+" + inFlight)
                    + "-" + Sha256.hex(partial) + ".safetensors";
            whole = Files.move(partial, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            // On a full disk it would take the space of the next one.
            Files.deleteIfExists(partial);
        }
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
        long bytes = Files.size(whole);
        List<Place> all = places(runId);
        for (Place old : all.subList(Math.min(kept, all.size()), all.size())) {
            Files.deleteIfExists(old.file);
        }
        return bytes;
    }

    /** Position of a checkpoint: its attempt, epoch from 1, and number of batches of it. */
    public record Position(long attempt, int epoch, int batch) {}

    /** Returns where the newest checkpoint of a run was written, without reading it. */
    public Optional<Position> newestPlace(String runId) throws IOException {
        return places(runId).stream().findFirst().map(place -> new Position(place.attempt, place.epoch, place.batch));
    }

    /** Whether there is a folder of checkpoints of the run. */
    public boolean has(String runId) {
        return Files.isDirectory(root.resolve(runId));
    }

    /** Returns the newest intact checkpoint of a run; skips damaged ones with a warning. */
    public Optional<Saved> newest(String runId) throws IOException {
        for (Place place : places(runId)) {
            try {
                String checksum = Sha256.hex(place.file);
                if (!checksum.equals(place.checksum)) {
                    throw new IOException("its SHA-256 is " + checksum + ", not the one in its name");
                }
                Safetensors.Content content = Safetensors.read(place.file);
                byte[] state = Base64.getDecoder().decode(content.metadata().getOrDefault(STATE, ""));
                return Optional.of(new Saved(place.file, Checkpoint.parseFrom(state), content));
            } catch (InvalidProtocolBufferException | IllegalArgumentException strange) {
                LOG.warnf("Skipping %s, which is not a checkpoint: %s", place.file, strange.getMessage());
            } catch (IOException damaged) {
                LOG.warnf("Skipping damaged checkpoint %s: %s", place.file, damaged.getMessage());
            }
        }
        return Optional.empty();
    }

    /** Deletes the checkpoints of a run's attempts up to this one; a later attempt may still need its own. */
    public void delete(String runId, long lastAttempt) throws IOException {
        Path folder = root.resolve(runId);
        for (Path file : walk(folder, Integer.MAX_VALUE, Comparator.reverseOrder())) {
            Path inRun = folder.relativize(file);
            if (inRun.toString().isEmpty() || attempt(inRun.getName(0)).orElse(Long.MAX_VALUE) > lastAttempt) {
                continue;
            }
            Files.deleteIfExists(file);
        }
        if (walk(folder, 1, Comparator.naturalOrder()).size() == 1) {
            Files.deleteIfExists(folder);
        }
    }

    private static OptionalLong attempt(Path folder) {
        try {
            return OptionalLong.of(Long.parseLong(String.valueOf(folder.getFileName())));
        } catch (NumberFormatException foreign) {
            return OptionalLong.empty();
        }
    }

    /** Returns the folder and its content; empty if it does not exist. */
    private static List<Path> walk(Path folder, int depth, Comparator<Path> order) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder, depth)) {
            return all.sorted(order).toList();
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        }
    }

    private List<Place> places(String runId) throws IOException {
        return walk(root.resolve(runId), 2, Comparator.naturalOrder()).stream()
                .flatMap(file -> place(file).stream())
                .sorted(NEWEST_FIRST)
                .toList();
    }

    private static Optional<Place> place(Path file) {
        Matcher name = NAME.matcher(String.valueOf(file.getFileName()));
        Path folder = file.getParent();
        OptionalLong attempt = folder == null ? OptionalLong.empty() : attempt(folder);
        if (attempt.isEmpty() || !name.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Place(
                    file,
                    attempt.getAsLong(),
                    Integer.parseInt(name.group(1)),
                    Integer.parseInt(name.group(2)),
                    name.group(3)));
        } catch (NumberFormatException foreign) {
            return Optional.empty();
        }
    }
}
