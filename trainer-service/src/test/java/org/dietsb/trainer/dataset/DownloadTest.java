package org.dietsb.trainer.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.dietsb.contracts.Sha256;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private HttpServer server;

    DownloadTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI serve(String name, byte[] content) {
        return serve(name, content, content.length);
    }

    /** Declares a number of bytes and then closes the connection. */
    private URI serve(String name, byte[] content, long promised) {
        server.createContext("/" + name, exchange -> {
            exchange.sendResponseHeaders(200, promised);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        return URI.create("http://localhost:" + server.getAddress().getPort() + "/" + name);
    }

    private void fetch(URI address, byte[] expected) throws DatasetException {
        Download.fetch(new Download.Source(address.toString(), expected.length, Sha256.hex(expected)), folder);
    }

    private static byte[] archive(String name, byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(packed))) {
            for (String entryName : new String[] {"set/first.bin", name}) {
                TarArchiveEntry entry = new TarArchiveEntry(entryName, true);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return packed.toByteArray();
    }

    @Test
    void archiveIsUnpackedWithoutLeftovers() throws Exception {
        byte[] content = "pixels".getBytes(StandardCharsets.UTF_8);
        byte[] archive = archive("set/second.bin", content);

        fetch(serve("set.tar.gz", archive), archive);

        assertThat(folder).isDirectoryContaining(path -> path.endsWith("set"));
        assertThat(folder.toFile().list()).containsExactly("set");
        assertThat(folder.resolve("set").toFile().list()).containsExactlyInAnyOrder("first.bin", "second.bin");
        assertThat(folder.resolve("set/second.bin")).hasBinaryContent(content);
    }

    @Test
    void wrongChecksumLeavesNothing() throws Exception {
        byte[] content = "pixels".getBytes(StandardCharsets.UTF_8);
        URI address = serve("train.gz", content);
        byte[] wanted = "others".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> fetch(address, wanted))
                .isInstanceOf(DatasetException.class)
                .hasMessage(address + " has SHA-256 " + Sha256.hex(content) + ", expected " + Sha256.hex(wanted));
        assertThat(folder).isEmptyDirectory();
        assertThatThrownBy(() -> fetch(address, Arrays.copyOf(content, 5)))
                .hasMessageContaining("more than the expected 5 bytes received");
        assertThatThrownBy(() -> fetch(address, Arrays.copyOf(content, 7)))
                .hasMessageContaining("fewer than the expected 7 bytes received");
        assertThat(folder).isEmptyDirectory();

        fetch(address, content);
        assertThat(folder.resolve("train.gz")).hasBinaryContent(content);
    }

    @Test
    void failedDownloadLeavesNothing() throws Exception {
        byte[] content = "pixels".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> fetch(serve("cut.gz", content, 100), content))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("cannot download http://localhost:");
        assertThatThrownBy(() -> fetch(
                        URI.create("http://localhost:" + server.getAddress().getPort() + "/none.gz"), content))
                .hasMessageContaining("status 404");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFullDiskIsNamedAndLeavesNothing() throws Exception {
        byte[] content = new byte[100_000];
        try (SmallDisk disk = new SmallDisk(folder)) {
            assertThatThrownBy(() -> fetch(serve("large.gz", content), content))
                    .isInstanceOf(DatasetException.class)
                    .hasMessage("no space left on " + folder);
            byte[] archive = archive("set/second.bin", content);
            assertThatThrownBy(() -> fetch(serve("large.tar.gz", archive), archive))
                    .hasMessage("no space left on " + folder);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void brokenOrEscapingArchiveLeavesNothing() throws Exception {
        byte[] outside = archive("../../outside.bin", new byte[] {1});
        assertThatThrownBy(() -> fetch(serve("outside.tar.gz", outside), outside))
                .hasMessageContaining("the archive would write outside its folder: ../../outside.bin");
        byte[] whole = archive("set/second.bin", new byte[100_000]);
        byte[] cut = Arrays.copyOf(whole, whole.length - 20);
        assertThatThrownBy(() -> fetch(serve("cut.tar.gz", cut), cut))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("cannot download");
        assertThat(folder).isEmptyDirectory();
        assertThat(Files.exists(folder.resolveSibling("outside.bin"))).isFalse();
    }
}
