package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are generated from the OpenAPI documents of a running system order, swap and read. */
class GeneratedClientsTest extends OnRunningSystem {
    private static final Path USER = Path.of("src/test/resources/client/OrderSwapRead.java");

    @Test
    @SuppressWarnings("unchecked")
    void orderSwapAndRead(@TempDir Path folder) throws Exception {
        // Given
        GeneratedClients clients = new GeneratedClients(folder);
        clients.generate("trainer", system.trainer);
        clients.generate("selector", system.selector);
        clients.generate("scorer", system.scorer);
        Function<Map<String, String>, Map<String, Object>> user = (Function<Map<String, String>, Map<String, Object>>)
                clients.compile(USER).getDeclaredConstructor().newInstance();
        Map<String, String> here = Map.of(
                "trainer",
                system.trainer,
                "selector",
                system.selector,
                "scorer",
                system.scorer,
                "token",
                Files.readString(system.tokenFile()).strip());
        // When
        Map<String, Object> came = assertTimeoutPreemptively(PATIENCE, () -> user.apply(here));
        // Then
        assertThat(came)
                .containsEntry("scoring", "COMPLETED")
                .containsEntry("scores", 300)
                .containsEntry("ordered", "QUEUED")
                .containsEntry("swapped", 1L)
                .containsEntry("late", 412)
                .containsEntry("refused", 400)
                .containsEntry("unknown", 404)
                .containsEntry("state", "COMPLETED")
                .containsEntry("revision", 1L)
                .containsEntry("epochs", 6)
                .containsEntry("listed", true)
                .containsEntry("by", "a client")
                .containsEntry("passes", true);
    }
}
