package org.dietsb.trainer.device;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.LibUtils;
import ai.djl.util.Utils;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * PyTorch's native library: the one packaged with this trainer, or the one that PYTORCH_LIBRARY_PATH names. The errors of DJL name
 * neither the folder nor the variable, and DJL silently ignores a folder without the library.
 *
 * @param version PYTORCH_VERSION, otherwise the version that DJL was built for
 * @param features available features; CUDA is one of them only if there is a GPU
 * @param builtForCuda whether it can use a GPU
 */
public record Libtorch(String version, Path folder, Set<String> features, boolean builtForCuda) {
    private static final String PATH = "PYTORCH_LIBRARY_PATH";
    private static final String FLAVOR = "PYTORCH_FLAVOR";
    private static final String LIBRARY = "libtorch.so";
    private static final String BINDING = "libdjl_torch.so";

    public Libtorch {
        features = Set.copyOf(features);
    }

    /**
     * Loads the library, once per JVM.
     *
     * @throws IllegalArgumentException if it cannot be loaded or does not work, naming the variables
     */
    static Libtorch load() {
        ClassLoader here = Thread.currentThread().getContextClassLoader();
        require(Utils::getEnvOrSystemProperty, resource -> here.getResource(resource) != null);
        String version;
        try (NDManager manager = Engine.getEngine(PtEngine.ENGINE_NAME).newBaseManager(Device.cpu())) {
            version = manager.getEngine().getVersion();
            // A library of another version may load, and then fails at its first tensor.
            manager.create(new float[] {1}).add(1).toFloatArray();
        } catch (EngineException | LinkageError failed) {
            throw new IllegalArgumentException(
                    "libtorch does not work: " + rootCause(failed) + " (" + settings() + ")", failed);
        }
        Path folder = Path.of(LibUtils.getLibtorchPath());
        return new Libtorch(version, folder, JniUtils.getFeatures(), Files.exists(folder.resolve("libtorch_cuda.so")));
    }

    /** Whether it finds a GPU that it can use. */
    boolean hasGpu() {
        return features.contains("CUDA");
    }

    /** Explains the result of {@link #hasGpu}. */
    String aboutGpu() {
        String name = "libtorch " + version;
        if (hasGpu()) {
            return name + " finds a GPU";
        }
        return name + (builtForCuda ? " is for CUDA, but finds no GPU" : " is for the CPU only");
    }

    /**
     * Rejects settings that DJL would ignore, or fail on without naming them.
     *
     * @param setting values of environment variables
     * @param isPackaged whether a resource is on the class path
     */
    static void require(Function<String, @Nullable String> setting, Predicate<String> isPackaged) {
        String path = setting.apply(PATH);
        if (path == null) {
            if (!isPackaged.test("native/lib/pytorch.properties")) {
                throw new IllegalArgumentException(
                        "this trainer was built without libtorch: set " + PATH + " to a folder with " + LIBRARY
                                + ", and " + FLAVOR + " to cpu, or to cu and its version of CUDA");
            }
            return;
        }
        Path folder = Arrays.stream(path.split(File.pathSeparator))
                .map(Path::of)
                .map(entry -> entry.endsWith(LIBRARY) ? entry.toAbsolutePath().getParent() : entry)
                .filter(entry -> Files.isRegularFile(entry.resolve(LIBRARY)))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException(PATH + " is " + path + ", allowed is a folder with " + LIBRARY));
        String flavor = setting.apply(FLAVOR);
        if (!hasBinding(folder) && !isPackaged.test("jnilib/linux-x86_64/" + flavor + "/" + BINDING)) {
            throw new IllegalArgumentException(FLAVOR + " is " + (flavor == null ? "not set" : flavor)
                    + ", allowed is cpu, or a version of CUDA that pytorch-jni has a " + BINDING
                    + " for (or put one into " + folder + ")");
        }
    }

    private static boolean hasBinding(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().endsWith(BINDING));
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static String settings() {
        return Stream.of(PATH, "PYTORCH_VERSION", FLAVOR)
                .map(name -> name + " is " + Utils.getEnvOrSystemProperty(name, "not set"))
                .reduce((some, more) -> some + ", " + more)
                .orElseThrow();
    }

    private static String rootCause(Throwable failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = String.valueOf(root.getMessage());
        return message.lines().findFirst().orElse(message);
    }
}
