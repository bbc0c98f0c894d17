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
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.jboss.logging.Logger;

/** Downloads a dataset from its official address; nothing appears in its folder before its checksum is verified. */
final class Download {
    private static final Logger LOG = Logger.getLogger(Download.class);
    private static final int MOST_BYTES = 1 << 30;

    private Download() {}

    /**
     * Downloads one file to a folder; unpacks a .tar.gz.
     *
     * @param md5 the checksum that its publisher states, in hex
     */
    static void fetch(URI address, String md5, Path folder) throws DatasetException {
        String name = Path.of(address.getPath()).getFileName().toString();
        LOG.infof("Downloading %s to %s", address, folder);
        try {
            Files.createDirectories(folder);
            Path unfinished = Files.createTempFile(folder, name, ".part");
            try {
                String got = transfer(address, unfinished);
                if (!got.equals(md5)) {
                    throw new DatasetException(address + " has MD5 " + got + ", expected " + md5);
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
            throw new DatasetException(
                    "cannot download " + address + " (" + failed + "): name a folder that has it with --data-dir",
                    failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new DatasetException("the download of " + address + " was interrupted", interrupted);
        }
    }

    private static String transfer(URI address, Path to) throws IOException, InterruptedException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(15))
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        HttpResponse<InputStream> response = client.send(
                HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body();
                OutputStream file = Files.newOutputStream(to)) {
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            MessageDigest digest = MessageDigest.getInstance("MD5");
            DigestInputStream digested = new DigestInputStream(body, digest);
            byte[] some = new byte[1 << 16];
            long bytes = 0;
            for (int got = digested.read(some); got >= 0; got = digested.read(some)) {
                file.write(some, 0, got);
                bytes += got;
                if (bytes > MOST_BYTES) {
                    throw new IOException("more than " + MOST_BYTES + " bytes received");
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has MD5", impossible);
        }
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
