package org.dietsb.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks the content and the metadata of the images. */
class ImageTarTest {
    private static final long MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @CsvSource({"selector-service, 8082, 9082", "scorer-service, 8083, 9083", "trainer-service, 8081, 9081"})
    void startsItsServiceAsAnUnprivilegedUser(String service, int port, int management) {
        ImageTar image = Images.image(service);

        assertThat(image.name()).startsWith("dietsb/" + service + ":");
        assertThat(image.config().get("User").asText()).isEqualTo("10001:10001");
        assertThat(image.config().get("Entrypoint"))
                .extracting(part -> part.asText())
                .containsExactly("java", "-jar", "/opt/dietsb/quarkus-run.jar");
        assertThat(image.config().get("ExposedPorts").fieldNames())
                .toIterable()
                .containsExactlyInAnyOrder(port + "/tcp", management + "/tcp");
        assertThat(image.config().at("/Labels/org.opencontainers.image.title").asText())
                .isEqualTo(service);
        assertThat(image.name())
                .endsWith(":"
                        + image.config()
                                .at("/Labels/org.opencontainers.image.version")
                                .asText());
        assertThat(image.environment())
                .containsEntry("DIETSB_HOME", "/var/lib/dietsb")
                .hasEntrySatisfying("JDK_JAVA_OPTIONS", options -> assertThat(options)
                        .contains("-XX:MaxRAMPercentage=", "-XX:+ExitOnOutOfMemoryError"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"selector-service", "scorer-service", "trainer-service"})
    void containsNoFileThatGrantsPrivileges(String service) {
        assertThat(Images.image(service).files()).allSatisfy(file -> {
            assertThat(file.getMode() & 06000)
                    .as("set-uid, set-gid: %s", file.getName())
                    .isZero();
            assertThat(file.isCharacterDevice() || file.isBlockDevice())
                    .as(file.getName())
                    .isFalse();
        });
        assertThat(Images.image(service).ownFiles())
                .filteredOn(file -> (file.getMode() & 0022) != 0)
                .extracting(TarArchiveEntry::getName)
                .containsExactly("var/lib/dietsb/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"selector-service", "scorer-service", "trainer-service"})
    void containsTheServiceAndNothingOfTheBuild(String service) {
        assertThat(Images.image(service).ownFiles())
                .extracting(TarArchiveEntry::getName)
                .contains("opt/dietsb/quarkus-run.jar", "opt/dietsb/quarkus/quarkus-application.dat")
                .allMatch(name -> List.of("opt/", "var/", "var/lib/").contains(name)
                        || name.startsWith("opt/dietsb/")
                        || name.startsWith("var/lib/dietsb/")
                        || (service.equals(Images.TRAINER)
                                && (name.startsWith("opt/libtorch/") || name.startsWith("opt/jna/"))));
    }

    /** Without this, two builds of the same sources would differ. */
    @ParameterizedTest
    @ValueSource(strings = {"selector-service", "scorer-service", "trainer-service"})
    void filesHaveNoTimeAndNoOwner(String service) {
        assertThat(Images.image(service).ownFiles()).allSatisfy(file -> {
            assertThat(file.getLastModifiedTime().toMillis()).as(file.getName()).isEqualTo(1000);
            assertThat(file.getLongUserId() + file.getLongGroupId())
                    .as(file.getName())
                    .isZero();
        });
    }

    @ParameterizedTest
    @CsvSource({"selector-service, 55", "scorer-service, 55", "trainer-service, 190"})
    void staysSmall(String service, int mebibytes) {
        assumeFalse(Images.image(service).name().endsWith("-cuda"), "CUDA's libraries are not small");

        assertThat(Images.image(service).ownBytes()).isLessThan(mebibytes * MEBIBYTE);
    }

    @Test
    void theTrainersNativeLibrariesAreUnpackedAndNotDuplicated() {
        assertThat(Images.image(Images.TRAINER).ownFiles())
                .extracting(TarArchiveEntry::getName)
                .contains(
                        "opt/libtorch/libtorch.so",
                        "opt/libtorch/libtorch_cpu.so",
                        "opt/libtorch/libc10.so",
                        "opt/libtorch/libdjl_torch.so",
                        "opt/jna/libjnidispatch.so")
                .noneMatch(name -> name.contains("pytorch-native"));
        assertThat(Images.image(Images.TRAINER).environment())
                .containsEntry("PYTORCH_LIBRARY_PATH", "/opt/libtorch")
                .hasEntrySatisfying("JDK_JAVA_OPTIONS", options -> assertThat(options)
                        .contains("-Djna.boot.library.path=/opt/jna", "-Djna.library.path=/opt/jna"));
    }

    @Test
    void theTrainersEnvironmentIsThatOfItsReadme() throws IOException {
        Map<String, String> advised = advised(Images.root().resolve("trainer-service/README.md"));

        assertThat(advised).containsKeys("GOMP_SPINCOUNT", "MALLOC_ARENA_MAX", "THP_MEM_ALLOC_ENABLE");
        assertThat(Images.image(Images.TRAINER).environment()).containsAllEntriesOf(advised);
    }

    /** Returns variables and values of the table below Speed; a row may have several, separated by commas. */
    private static Map<String, String> advised(Path readme) throws IOException {
        String text = Files.readString(readme);
        String table = text.substring(text.indexOf("| variable | value | why |"));
        Map<String, String> advised = new HashMap<>();
        table.substring(0, table.indexOf("\n\n")).lines().skip(2).forEach(row -> {
            List<String> cells = Arrays.asList(row.replace("`", "").split(" *\\| *"));
            String[] names = cells.get(1).split(", ");
            String[] values = cells.get(2).split(", ");
            for (int i = 0; i < names.length; i++) {
                advised.put(names[i], values[i]);
            }
        });
        return advised;
    }
}
