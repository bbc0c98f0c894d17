package org.dietsb.bench.loader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dietsb.launcher.text.UserError;
import org.dietsb.testbed.TemporarySystem;
import org.jspecify.annotations.Nullable;

/** A temporary folder, and PyTorch's DataLoader in a process of its own, which times one pass whenever it is asked to. */
final class PyTorchLoader extends TemporarySystem {
    private static final ObjectMapper JSON = new ObjectMapper();

    private @Nullable Process process;
    private @Nullable BufferedWriter in;
    private @Nullable BufferedReader out;

    PyTorchLoader() {
        super("dietsb-loader");
        closeAtExit();
    }

    /** Starts the process, and returns the version of PyTorch. */
    String start(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process started = UserError.onFailure("cannot start " + command.get(0), builder::start);
        process = started;
        in = started.outputWriter(StandardCharsets.UTF_8);
        out = started.inputReader(StandardCharsets.UTF_8);
        return answer().path("torch").asText();
    }

    /** Reads all pictures once; returns pictures a second. */
    double pass() {
        if (in == null) {
            throw new IllegalStateException("not started");
        }
        try {
            in.write("\n");
            in.flush();
        } catch (IOException ended) {
            throw ended(String.valueOf(ended.getMessage()));
        }
        JsonNode answer = answer();
        return answer.path("pictures").asInt() / answer.path("seconds").asDouble();
    }

    private JsonNode answer() {
        try {
            String line = out == null ? null : out.readLine();
            if (line == null) {
                throw ended("it requires torch, numpy and Pillow (--python)");
            }
            return JSON.readTree(line);
        } catch (IOException unreadable) {
            throw ended(String.valueOf(unreadable.getMessage()));
        }
    }

    private static UserError ended(String why) {
        return new UserError("PyTorch's loader has ended: " + why);
    }

    @Override
    protected void stop() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
