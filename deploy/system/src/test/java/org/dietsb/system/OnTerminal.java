package org.dietsb.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.pty4j.PtyProcess;
import com.pty4j.PtyProcessBuilder;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** The command on a pseudo-terminal, as a person sees it. */
final class OnTerminal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    private final PtyProcess process;
    private final StringBuffer shown = new StringBuffer();
    private final Thread reader;

    private OnTerminal(PtyProcess process) {
        this.process = process;
        this.reader = new Thread(this::read, "terminal");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts a command.
     *
     * @param columns width of the terminal
     * @param environment variables besides those of this process
     */
    static OnTerminal start(int columns, Map<String, String> environment, Path home, List<String> arguments) {
        List<String> line = new ArrayList<>(Launched.foreground());
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(Launched.JAVA);
        line.addAll(List.of(
                "-Ddietsb.root=" + System.getProperty("dietsb.root"),
                "-cp",
                System.getProperty("java.class.path"),
                "org.dietsb.launcher.Dietsb"));
        line.addAll(arguments);
        Map<String, String> all = new HashMap<>(System.getenv());
        all.keySet().removeAll(List.of("DIETSB_TOKEN", "NO_COLOR", "COLUMNS"));
        all.putAll(Map.of("DIETSB_HOME", home.toString(), "TERM", "xterm", "LC_ALL", "C.UTF-8"));
        all.putAll(environment);
        try {
            return new OnTerminal(new PtyProcessBuilder(line.toArray(String[]::new))
                    .setEnvironment(all)
                    .setInitialColumns(columns)
                    .setInitialRows(24)
                    .setRedirectErrorStream(true)
                    .start());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void read() {
        try (InputStreamReader in = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
            char[] some = new char[4096];
            for (int n = in.read(some); n >= 0; n = in.read(some)) {
                shown.append(some, 0, n);
            }
        } catch (IOException closed) {
            // The other end of a pseudo-terminal is gone when its process ends.
        }
    }

    /** Returns all that was written, with colours. */
    String raw() {
        return shown.toString();
    }

    /** Returns all that was written, without colours. */
    String text() {
        return COLOUR.matcher(raw()).replaceAll("");
    }

    /** Returns whatever stood in a line of the terminal: a bar is drawn again and again over itself. */
    List<String> lines() {
        return List.of(text().split("[\r\n]+"));
    }

    OnTerminal says(String words) {
        await().atMost(PATIENCE).until(() -> text().contains(words) || !process.isAlive());
        assertThat(text()).contains(words);
        return this;
    }

    void ctrlC() throws IOException {
        process.getOutputStream().write(3);
        process.getOutputStream().flush();
    }

    int exitCode() throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(this::text)
                .isTrue();
        reader.join(PATIENCE.toMillis());
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
