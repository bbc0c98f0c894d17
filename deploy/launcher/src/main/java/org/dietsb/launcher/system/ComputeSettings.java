package org.dietsb.launcher.system;

import java.util.Map;

/**
 * Environment variables of a process that trains on the CPU, unless the user has set them. The native libraries read them
 * when they load, so the process cannot set them itself. trainer-service/README.md states the effect of each.
 */
public final class ComputeSettings {
    private static final Map<String, String> SETTINGS = Map.of(
            // Time that a thread of a tensor operation spins for the next one before it sleeps. A fraction of a
            // millisecond: waking up costs more than most operations, and other processes need the processor.
            "GOMP_SPINCOUNT",
            "20000",
            // Memory of a layer is kept for the next layer. Memory returned to the system would be faulted in again
            // page
            // by page.
            "MALLOC_ARENA_MAX",
            "1",
            "MALLOC_MMAP_MAX_",
            "0",
            "MALLOC_TRIM_THRESHOLD_",
            String.valueOf(8L << 30),
            "MALLOC_TOP_PAD_",
            String.valueOf(64L << 20),
            "THP_MEM_ALLOC_ENABLE",
            "1");

    private ComputeSettings() {}

    /** Adds them, and a locale in which Java can name every file, unless the user's locale is such a one. */
    public static void into(Map<String, String> environment) {
        SETTINGS.forEach(environment::putIfAbsent);
        if (!"UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"))) {
            environment.put("LC_ALL", "C.UTF-8");
        }
    }
}
