package org.dietsb.trainer.run;

import ai.djl.Device;
import ai.djl.engine.Engine;
import java.util.regex.Pattern;

/** Where this trainer trains, as its settings say. */
final class TrainerDevice {
    private static final Pattern ALLOWED = Pattern.compile("auto|cpu|gpu:\\d{1,3}");

    private TrainerDevice() {}

    /**
     * Prepares the engine and finds the device.
     *
     * @throws IllegalArgumentException naming the setting that is wrong, its value and what is allowed
     */
    static Device of(TrainerConfig config) {
        require(config.threads() >= 0, "threads", config.threads(), "0 (one a processor) or more");
        require(ALLOWED.matcher(config.device()).matches(), "device", config.device(), "auto, cpu or gpu:N");
        int threads = config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        if (config.device().equals("auto")) {
            return Engine.getInstance().defaultDevice();
        }
        if (config.device().equals("cpu")) {
            return Device.cpu();
        }
        int gpu = Integer.parseInt(config.device().substring("gpu:".length()));
        int here = Engine.getInstance().getGpuCount();
        require(gpu < here, "device", config.device(), "a GPU that is here, of which there are " + here);
        return Device.gpu(gpu);
    }

    /** The device as the setting names it. */
    static String name(Device device) {
        return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
    }

    private static void require(boolean holds, String setting, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(
                    "dietsb.trainer." + setting + " is " + value + ", allowed is " + allowed);
        }
    }
}
