package org.dietsb.trainer.run;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * The memory that a trainer may use. What exceeds the first ends the process without a word; what exceeds the second fails the run.
 *
 * @param all bytes of the container's limit, or of the machine where there is none
 * @param heap bytes of it for Java objects; the rest is for tensors
 */
record MemoryLimit(long all, long heap) {

    /** Returns that of this process. */
    static MemoryLimit ofThisTrainer() {
        // The JVM reads the limit of the control group, of either version.
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new MemoryLimit(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory());
    }

    @Override
    public String toString() {
        return amount(all) + " of memory, " + amount(heap) + " of them heap";
    }

    private static String amount(long bytes) {
        return bytes < 1L << 30
                ? (bytes >> 20) + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
    }
}
