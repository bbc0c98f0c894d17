package org.dietsb.bench.decision;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The live objects of a selector, as the JDK's jcmd counts them after a full garbage collection. */
final class LiveHeap {
    private LiveHeap() {}

    /** Returns the bytes of the live objects of the only selector that this process has started; empty if there is no jcmd. */
    static OptionalLong bytes() throws InterruptedException {
        ProcessHandle selector = ProcessHandle.current()
                .descendants()
                // Not the shell that starts and stops it, which has its path as an argument too.
                .filter(process -> process.info().command().orElse("").endsWith("java")
                        && process.info().commandLine().orElse("").contains("selector-service"))
                .findFirst()
                .orElseThrow();
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        try {
            Process asked = new ProcessBuilder(jcmd.toString(), Long.toString(selector.pid()), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            OptionalLong bytes = OptionalLong.empty();
            try (BufferedReader lines = asked.inputReader()) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("Total")) {
                        bytes = OptionalLong.of(Long.parseLong(line.trim().split("\\s+")[2]));
                    }
                }
            }
            asked.waitFor();
            return bytes;
        } catch (IOException none) {
            return OptionalLong.empty();
        }
    }
}
