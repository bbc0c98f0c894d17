package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.dietsb.launcher.text.Json;

/** Creates finished runs as the trainer reports them. */
final class Runs {
    private Runs() {}

    static ObjectNode run(String kind, double prePruned, double totalPruned) {
        ObjectNode run = Json.object();
        run.put("runId", "a-" + kind)
                .put("prePruned", prePruned)
                .put("totalPruned", totalPruned)
                .put("accuracy", .875)
                .put("bitIdentical", true);
        run.putObject("policy").put("kind", kind);
        run.putArray("epochs");
        run.putArray("keptPerClass");
        return run;
    }

    /** Adds an epoch of 1,000 examples, with a tenth of its seconds spent on mask waits and another tenth on evaluation. */
    static ObjectNode epoch(ObjectNode run, double seconds, int selected, int passed) {
        ArrayNode epochs = (ArrayNode) run.path("epochs");
        int number = epochs.size() + 1;
        epochs.addObject()
                .put("epoch", number)
                .put("accuracy", .5)
                .put("trainLoss", 1.25)
                .put("seconds", seconds)
                .put("seen", 1000)
                .put("selected", selected)
                .put("selectionExamples", passed)
                .putNull("meanLossSeen")
                .put("maskWaitSeconds", seconds / 10)
                .put("maskTimeouts", 3)
                .put("evaluationSeconds", seconds / 10);
        return run;
    }

    static ObjectNode keptOfClass(ObjectNode run, String name, int count, int kept) {
        ((ArrayNode) run.path("keptPerClass"))
                .addObject()
                .put("name", name)
                .put("count", count)
                .put("kept", kept);
        return run;
    }
}
