package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.dietsb.contracts.RunId;
import org.dietsb.launcher.follow.Records;
import org.dietsb.launcher.follow.Summaries;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Columns;
import org.dietsb.launcher.text.Format;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.Mistakes;
import org.dietsb.launcher.text.OutputFile;
import org.dietsb.launcher.text.Table;
import org.dietsb.launcher.text.UserError;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists and describes recorded masks, and copies them to a file and back. */
@Command(
        name = "records",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "List the runs whose masks are recorded, for train --policy replay --of RUN; with RUN its epochs.",
            "A file holds the masks of one run. It can be loaded into a system that never trained the run."
        })
public final class RecordsCommand implements Callable<Integer>, Checked {
    private static final List<String> OF_RUN =
            List.of("dataset", "examples", "fingerprint", "model", "seed", "batchSize", "accuracy", "checksum");

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "id of the run")
    private @Nullable String run;

    @Option(names = "--save", paramLabel = "FILE", description = "write the masks of RUN to this file, as JSON")
    private @Nullable Path save;

    @Option(names = "--load", paramLabel = "FILE", description = "read masks from a file that --save wrote")
    private @Nullable Path load;

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        Rest selector = LocalSystem.up(target).selector;
        if (load != null) {
            JsonNode loaded = load(selector, read(load));
            System.out.println("Loaded " + loaded.path("runId").asText() + "@"
                    + loaded.path("checksum").asText());
        } else if (save != null) {
            OutputFile.write(save, file(selector, String.valueOf(run)));
            System.out.println("Wrote " + save);
        } else if (run != null) {
            System.out.print(described(selector.get(Records.PATH + "/" + run)));
        } else {
            JsonNode all = selector.get(Records.PATH);
            System.out.print(all.isEmpty() ? "No masks are recorded yet." + System.lineSeparator() : table(all));
        }
        return 0;
    }

    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                run == null || RunId.isValid(run),
                "RUN",
                String.valueOf(run),
                "the id of a run, as dietsb records lists them");
        mistakes.unless(save == null || (run != null && load == null), "--save needs RUN, and excludes --load");
        mistakes.unless(load == null || run == null, "--load excludes RUN: the file names the run");
        mistakes.run(() -> OutputFile.check("--save", save));
    }

    private static Table table(JsonNode records) {
        return new Columns<JsonNode>()
                .add("run", Json.text("/runId"))
                .add("policy", Json.text("/policy/kind"))
                .add("dataset", Json.text("/dataset"))
                .add("model", Json.text("/model"))
                .add("seed", Json.text("/seed"))
                .add("epochs", record -> record.path("epochs").size())
                .add("keep", record -> keep(record, "ended"))
                .add("accuracy", Summaries::accuracy)
                .add("checksum", record -> record.path("checksum").asText("partial"))
                .table(Json.elements(records));
    }

    private static String keep(JsonNode of, String condition) {
        return of.has(condition) ? Format.percent(of.path("keep").asDouble()) : "-";
    }

    private static String described(JsonNode record) {
        Table table = new Columns<JsonNode>()
                .add("epoch", Json.text("/epoch"))
                .add("policy", Summaries::kind)
                .add("selected", Json.text("/selected"))
                .add("left by the diet", epoch -> epoch.path("kept").asText("all"))
                .add("keep", epoch -> keep(epoch, "keep"))
                .table(Json.elements(record.path("epochs")));
        StringBuilder words = new StringBuilder();
        OF_RUN.stream()
                .filter(record::has)
                .forEach(field -> words.append(
                        Format.text("%-12s %s%n", field, record.path(field).asText())));
        if (record.has("missing")) {
            words.append(record.path("missing").asText()).append(System.lineSeparator());
        }
        return words + table.toString();
    }

    private static byte[] file(Rest selector, String run) {
        JsonNode record = selector.get(Records.PATH + "/" + run);
        if (!record.path("whole").asBoolean()) {
            throw new UserError(record.path("missing").asText());
        }
        ObjectNode file = copied(record, Json.object().put("runId", run));
        for (JsonNode epoch : record.path("epochs")) {
            file.withArray("epochs")
                    .add(selector.get(Records.PATH + "/" + run + "/epochs/"
                            + epoch.path("epoch").asInt()));
        }
        return Json.bytes(file);
    }

    private static ObjectNode copied(JsonNode from, ObjectNode to) {
        OF_RUN.stream().filter(from::has).forEach(field -> to.set(field, from.get(field)));
        return to;
    }

    private static JsonNode read(Path file) {
        JsonNode masks = UserError.onFailure("cannot read " + file, () -> Json.MAPPER.readTree(file.toFile()));
        if (!RunId.isValid(masks.path("runId").asText())
                || !masks.path("epochs").isArray()) {
            throw new UserError(file + " holds no masks of a run, as dietsb records RUN --save FILE writes them");
        }
        return masks;
    }

    private static JsonNode load(Rest selector, JsonNode file) {
        String path = Records.PATH + "/" + file.path("runId").asText();
        int epoch = 0;
        for (JsonNode masks : file.path("epochs")) {
            epoch++;
            selector.put(path + "/epochs/" + epoch, masks, "");
        }
        return selector.put(path, copied(file, Json.object().put("epochs", epoch)), "");
    }
}
