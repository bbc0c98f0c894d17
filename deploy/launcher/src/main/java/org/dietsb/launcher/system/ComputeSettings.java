package org.dietsb.launcher.system;

import java.util.Map;

/**
 * What the environment of a process that trains on the CPU holds, unless the user has set it. They are read when its native
 * libraries load, so the process cannot set them itself; trainer-service/README.md says what each is worth.
 */
public final class ComputeSettings {
    private static final Map<String, String> SETTINGS = Map.of(
            // How long a thread of a tensor operation spins for the next one before it sleeps: a fraction of a
            // millisecond, since waking up costs more than most operations, and no longer, since others need the
            // processor.
            "GOMP_SPINCOUNT",
            "20000",
            // What a layer has used is kept for the next one. Given back to the system, it is faulted in again page by
            // page.
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

    public static void into(Map<String, String> environment) {
        SETTINGS.forEach(environment::putIfAbsent);
    }
}
