package org.dietsb.trainer;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Precision;
import org.dietsb.trainer.model.Precisions;

/** The CPU, offline and with one thread: on a busy machine threads that wait for each other take ten times as long. */
public final class TestDevice {
    public static final Device CPU = Device.cpu();
    public static final Precisions FLOAT32 = Precisions.both(Precision.FLOAT32);

    static {
        setIfAbsent("ai.djl.offline", "true");
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("ai.djl.pytorch.num_threads", "1");
    }

    private TestDevice() {}

    private static void setIfAbsent(String name, String value) {
        if (System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    /** A fresh network of the catalogue. */
    public static NetworkSpec fresh(
            String model, int channels, int classes, long seed, double momentum, double weightDecay) {
        return new NetworkSpec(NetworkSpec.Origin.fresh(model), channels, classes, seed, momentum, weightDecay);
    }

    /** The first GPU, if libtorch finds one. */
    public static Optional<Device> gpu() {
        return Engine.getInstance().hasCapability(StandardCapabilities.CUDA)
                ? Optional.of(Device.gpu(0))
                : Optional.empty();
    }

    /** Creates a manager; turns gradient mode of this thread off. */
    public static NDManager newManager() {
        NDManager manager = NDManager.newBaseManager(CPU);
        JniUtils.setGradMode(false);
        return manager;
    }

    /** Returns the number of native arrays of the manager and its submanagers. */
    public static int liveArrays(NDManager manager) {
        int arrays = 0;
        for (NDArray array : manager.getManagedArrays()) {
            arrays += array.isReleased() ? 0 : 1;
        }
        return arrays;
    }

    /** Returns the memory in use on a GPU, by any process, in kB; 0 on the CPU, and without the CUDA runtime. */
    public static long gpuKilobytes(Device device) {
        boolean known = device.isGpu() && CudaUtils.getGpuCount() > device.getDeviceId();
        return known ? CudaUtils.getGpuMemory(device).getUsed() / 1024 : 0;
    }

    /** Returns the resident memory of this process, in kB. */
    public static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
