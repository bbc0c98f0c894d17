package org.dietsb.trainer.device;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The device that this trainer trains on.
 *
 * @param why why it was chosen
 */
public record TrainerDevice(Device device, String why, Libtorch libtorch) {
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");
    private static final Pattern ALLOWED = Pattern.compile("auto|cpu|gpu:\\d{1,3}");

    /**
     * Prepares the engine and finds the device, once per JVM.
     *
     * @param device auto, cpu or gpu:N
     * @param threads of one tensor operation on the CPU; 0 = one per processor
     * @throws IllegalArgumentException naming the setting that is wrong, its value and what is allowed
     */
    public static TrainerDevice of(String device, int threads) {
        require(threads >= 0, "threads", threads, "0 (one per processor) or more");
        require(ALLOWED.matcher(device).matches(), "device", device, "auto, cpu or gpu:N");
        System.setProperty(
                "ai.djl.pytorch.num_threads",
                String.valueOf(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads));
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        return choose(device, Libtorch.load(), TrainerDevice::fault);
    }

    /**
     * Chooses the device for a setting.
     *
     * @param fault finds what is wrong with a GPU; empty if it works
     */
    static TrainerDevice choose(String setting, Libtorch libtorch, Function<Device, Optional<String>> fault) {
        if (setting.equals("cpu")) {
            return new TrainerDevice(Device.cpu(), "as configured", libtorch);
        }
        boolean auto = setting.equals("auto");
        Device gpu = Device.gpu(auto ? 0 : Integer.parseInt(setting.substring("gpu:".length())));
        Optional<String> obstacle = libtorch.hasGpu() ? fault.apply(gpu) : Optional.of(libtorch.aboutGpu());
        if (obstacle.isEmpty()) {
            return new TrainerDevice(gpu, auto ? libtorch.aboutGpu() : "as configured", libtorch);
        }
        require(auto, "device", setting, "auto, cpu or a GPU that works: " + obstacle.get());
        return new TrainerDevice(Device.cpu(), obstacle.get(), libtorch);
    }

    /** Tries to compute on a GPU. */
    private static Optional<String> fault(Device gpu) {
        try (NDManager manager = NDManager.newBaseManager(gpu)) {
            manager.ones(new Shape(1)).toFloatArray();
            return Optional.empty();
        } catch (EngineException failed) {
            String message = String.valueOf(failed.getMessage());
            return Optional.of(
                    name(gpu) + " fails: " + message.lines().findFirst().orElse(message));
        }
    }

    /** Returns the name used in the setting. */
    String name() {
        return name(device);
    }

    /** Returns the name with what is known of a GPU from its driver and the CUDA runtime. */
    public String description() {
        if (!device.isGpu()) {
            return name();
        }
        List<String> known = new ArrayList<>(List.of(String.join(" or ", models(DRIVER))));
        if (CudaUtils.getGpuCount() > device.getDeviceId()) {
            known.add("compute capability " + CudaUtils.getComputeCapability(device.getDeviceId()));
        }
        known.removeIf(String::isEmpty);
        return known.isEmpty() ? name() : name() + " (" + String.join(", ", known) + ")";
    }

    /** Returns the distinct models of the machine's GPUs that the driver lists in this folder; empty if it lists none. */
    static List<String> models(Path driver) {
        try (Stream<Path> gpus = Files.list(driver)) {
            List<String> models = new ArrayList<>();
            for (Path gpu : gpus.sorted().toList()) {
                Files.readAllLines(gpu.resolve("information")).stream()
                        .filter(line -> line.startsWith("Model:"))
                        .map(line -> line.substring("Model:".length()).strip())
                        .filter(model -> !models.contains(model))
                        .forEach(models::add);
            }
            return models;
        } catch (IOException notShown) {
            return List.of();
        }
    }

    private static String name(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }

    private static void require(boolean holds, String setting, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "dietsb.trainer." + setting + " is " + value + ", allowed is " + allowed);
        }
    }
}
