package org.dietsb.trainer.dataset;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.dietsb.contracts.Sha256;
import org.jboss.logging.Logger;

/** Downloads a dataset; nothing appears in its folder before its size and checksum are verified. */
final class Download {
    private static final Logger LOG = Logger.getLogger(Download.class);

    private Download() {}

    /**
     * A file to download.
     *
     * @param bytes its size
     * @param sha256 checksum in hex
     */
    record Source(String address, long bytes, String sha256) {}

    /** Downloads one file to a folder; unpacks a .tar.gz. */
    static void fetch(Source source, Path folder) throws DatasetException {
        String address = source.address;
        String name = address.substring(address.lastIndexOf('/') + 1);
        LOG.infof("Downloading %s to %s", address, folder);
        try {
            Path unfinished = unfinished(folder, name);
            try {
                String got = transfer(source, unfinished);
                if (!got.equals(source.sha256)) {
                    throw new DatasetException(address + " has SHA-256 " + got + ", expected " + source.sha256);
                }
                if (name.endsWith(".tar.gz")) {
                    unpack(unfinished, folder);
                } else {
                    Files.move(unfinished, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
                }
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException failed) {
            throw Reasons.isFull(failed)
                    ? Reasons.unwritable(folder, failed)
                    : new DatasetException(
                            "cannot download " + address + " (" + failed
                                    + "): name a folder that has it with --data-dir",
                            failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new DatasetException("the download of " + address + " was interrupted", interrupted);
        }
    }

    private static Path unfinished(Path folder, String name) throws DatasetException {
        try {
            Files.createDirectories(folder);
            return Files.createTempFile(folder, name, ".part");
        } catch (IOException failed) {
            throw Reasons.unwritable(folder, failed);
        }
    }

    /** Writes the file, and returns its SHA-256. */
    private static String transfer(Source source, Path to) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(15))
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpResponse<InputStream> response = client.send(
                HttpRequest.newBuilder(URI.create(source.address))
                        .timeout(Duration.ofSeconds(30))
                        .build(),
                HttpResponse.BodyHandlers.ofInputStream());
        MessageDigest digest = Sha256.digest();
        long bytes = 0;
        try (InputStream body = response.body();
                OutputStream file = new DigestOutputStream(Files.newOutputStream(to), digest)) {
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            byte[] some = new byte[1 << 16];
            for (int got = body.read(some); got >= 0 && bytes <= source.bytes; got = body.read(some)) {
                file.write(some, 0, got);
                bytes += got;
            }
        }
        if (bytes != source.bytes) {
            throw new IOException((bytes > source.bytes ? "more" : "fewer") + " than the expected " + source.bytes
                    + " bytes received");
        }
        return Sha256.hex(digest);
    }

    /** Unpacks to a temporary folder first, so that an interrupted download leaves nothing that looks like a dataset. */
    private static void unpack(Path archive, Path folder) throws IOException {
        Path unfinished = Files.createTempDirectory(folder, ".unpacking");
        try {
            unpackTo(unfinished, archive);
            try (Stream<Path> unpacked = Files.walk(unfinished)) {
                for (Path file : unpacked.filter(Files::isRegularFile).toList()) {
                    Path target = folder.resolve(unfinished.relativize(file));
                    Files.createDirectories(target.resolveSibling(""));
                    Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
                }
            }
        } finally {
            try (Stream<Path> left = Files.walk(unfinished)) {
                for (Path file : left.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void unpackTo(Path folder, Path archive) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(
                new GzipCompressorInputStream(new BufferedInputStream(Files.newInputStream(archive))))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("the archive would write outside its folder: " + entry.getName());
                }
                if (entry.isFile()) {
                    Files.createDirectories(target.resolveSibling(""));
                    Files.copy(tar, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
