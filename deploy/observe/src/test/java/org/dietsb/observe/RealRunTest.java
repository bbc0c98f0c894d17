package org.dietsb.observe;

import java.nio.file.*;
import java.time.*;
import java.util.*;
import org.junit.jupiter.api.Test;

class RealRunTest {
    @Test
    void probe() throws Exception {
        long t = System.nanoTime();
        try (ObservedSystem system = ObservedSystem.start()) {
            System.out.println("up after " + (System.nanoTime() - t) / 1e9);
            system.score(
                    "easy", "{\"id\": \"easy\", \"limit\": 3000, \"members\": 2, \"scoringEpochs\": 1, \"epochs\": 4}");
            System.out.println("scored " + (System.nanoTime() - t) / 1e9);
            String recipe = "\"limit\": 3000, \"epochs\": 6";
            system.order("{\"id\": \"baseline-1\", " + recipe + "}");
            system.awaitCompleted("baseline-1");
            System.out.println("baseline " + (System.nanoTime() - t) / 1e9);
            system.order("{\"id\": \"pruned-1\", " + recipe
                    + ", \"policy\": {\"kind\": \"diet-selective\", \"prePruned\": 0.25, \"scoreSet\": \"easy\"}}");
            system.swapAfter(3, "pruned-1", "{\"kind\": \"selective\", \"keep\": 0.25}");
            Instant mid = Instant.now();
            system.awaitCompleted("pruned-1");
            System.out.println("pruned " + (System.nanoTime() - t) / 1e9);
            StringBuilder out = new StringBuilder();
            Prometheus p = system.prometheus();
            for (String job : List.of("trainer", "selector", "scorer")) {
                for (Prometheus.Series s : p.at("{job=\"" + job + "\", __name__!~\".*_bucket\"}", mid)) {
                    out.append(s.labels()).append(' ').append(s.last()).append('\n');
                }
            }
            Files.writeString(Path.of("target/metrics.txt"), out);
            System.out.println(p.firing());
        }
    }
}
