package org.dietsb.launcher.system;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.dietsb.launcher.text.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorTest {
    @TempDir
    Path home = Path.of("");

    @Test
    void restartsAProcessThreeTimesInTenMinutes() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        Supervisor supervisor = new Supervisor(new Processes(home, home), new Home(home), 1, now::get);
        for (int restart = 1; restart <= 3; restart++) {
            supervisor.mayRestart("trainer", "the trainer ended");
            now.addAndGet(TimeUnit.MINUTES.toNanos(3));
        }
        assertThatThrownBy(() -> supervisor.mayRestart("trainer", "the trainer ended"))
                .isInstanceOf(UserError.class)
                .hasMessage("the trainer ended; it ended 4 times within 10 minutes and is not started again");
        assertThatCode(() -> supervisor.mayRestart("scorer", "the scorer ended"))
                .as("each process by itself")
                .doesNotThrowAnyException();
        now.addAndGet(TimeUnit.MINUTES.toNanos(2));
        assertThatCode(() -> supervisor.mayRestart("trainer", "the trainer ended"))
                .as("the first was more than ten minutes ago")
                .doesNotThrowAnyException();
    }

    @Test
    void rejectsAFullDiskAndNamesTheFolder() {
        // A file system without any space, full or not.
        assertThatThrownBy(() -> Home.mustHaveSpace(Path.of("/proc/self")))
                .isInstanceOf(UserError.class)
                .hasMessage("no space left on /proc/self: 0 MiB are free, at least 64 MiB are needed");
        assertThatCode(() -> Home.mustHaveSpace(home)).doesNotThrowAnyException();
    }

    @Test
    void namesTheReasonOfAFailedAccess() {
        assertThatThrownBy(() -> UserError.onFailure(
                        "cannot write the summary", () -> Files.writeString(Path.of("/dev/full"), "x")))
                .hasMessage("cannot write the summary: No space left on device");
        assertThatThrownBy(() -> UserError.onFailure("cannot read it", () -> Files.readString(home.resolve("none"))))
                .hasMessage("cannot read it: it does not exist");
    }
}
