package org.dietsb.launcher.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.dietsb.launcher.text.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
    @TempDir
    Path home = Path.of("");

    @Test
    void isCreatedOnceAndReadableByItsOwnerOnly() throws IOException {
        TokenFile file = TokenFile.of(new Home(home));
        assertThat(file.read()).isNull();
        String made = file.readOrMake();
        assertThat(made).matches("[0-9a-f]{64}");
        assertThat(file.readOrMake()).isEqualTo(made);
        assertThat(file.read()).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.file())))
                .isEqualTo("rw-------");
        assertThat(home).isDirectoryContaining("glob:**/token");
        assertThat(home.toFile().list()).containsExactly("token");
    }

    @Test
    void holdsALoginThatOnlyTheOwnerReads() throws IOException {
        KafkaLogin login = KafkaLogin.of(new Home(home));
        assertThat(KafkaLogin.of(new Home(home))).isEqualTo(login);
        assertThat(login.jaas())
                .matches("org.apache.kafka.common.security.scram.ScramLoginModule required"
                        + " username=\"dietsb\" password=\"[0-9a-f]{64}\";");
        assertThat(login.environment())
                .containsOnlyKeys("KAFKA_SECURITY_PROTOCOL", "KAFKA_SASL_MECHANISM", "KAFKA_SASL_JAAS_CONFIG");
        Path file = home.resolve("kafka.properties");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, "security.protocol=PLAINTEXT");
        assertThatThrownBy(() -> KafkaLogin.of(new Home(home)))
                .hasMessage(file + " lacks sasl.jaas.config: delete it to have another created");
    }

    @Test
    void isTheSameForConcurrentProcesses() throws InterruptedException {
        Set<String> made = Collections.synchronizedSet(new HashSet<>());
        ExecutorService many = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            many.execute(() -> made.add(TokenFile.of(new Home(home)).readOrMake()));
        }
        many.shutdown();
        assertThat(many.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(made).hasSize(1);
    }

    @Test
    void reportsAnEmptyFile() throws IOException {
        Files.writeString(home.resolve("token"), "\n");
        assertThatThrownBy(() -> TokenFile.of(new Home(home)).read())
                .isInstanceOf(UserError.class)
                .hasMessage(home.resolve("token") + " is empty: delete it to have another created");
    }
}
