package org.dietsb.trainer.run;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Gauges with a run label, for the last few runs alone, so that their number stays bounded. Trainer thread only. */
final class RunGauges {
    private static final int SHOWN = 5;

    private final Map<String, Run> shown = new LinkedHashMap<>(16, .75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Run> eldest) {
            return size() > SHOWN;
        }
    };
    private final MultiGauge accuracy;
    private final MultiGauge epoch;
    private final MultiGauge revision;
    private final MultiGauge pruned;

    RunGauges(MeterRegistry registry) {
        accuracy = gauge(registry, "dietsb_accuracy", "Accuracy on the test set after the last evaluated epoch");
        epoch = gauge(registry, "dietsb_epoch", "Epoch that is running, from 1");
        revision = gauge(registry, "dietsb_policy_revision", "Revision of the policy in effect");
        pruned =
                gauge(registry, "dietsb_total_pruned", "Share of the training set not backpropagated, over all epochs");
    }

    private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
        return MultiGauge.builder(name).description(description).register(registry);
    }

    void show(Run run) {
        shown.put(run.order().runId(), run);
        register(accuracy, one -> one.accuracy() == null ? Double.NaN : one.accuracy());
        register(epoch, one -> one.position() == null ? 0 : one.position().epoch());
        register(revision, one -> one.currentPolicy().revision());
        register(pruned, Run::totalPruned);
    }

    private void register(MultiGauge gauge, ToDoubleFunction<Run> value) {
        List<Row<?>> rows = new ArrayList<>();
        for (Run run : shown.values()) {
            rows.add(Row.of(Tags.of("run", run.order().runId()), value.applyAsDouble(run)));
        }
        gauge.register(rows, true);
    }
}
