package org.dietsb.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dietsb.contracts.RunId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists recorded masks, describes them, and copies them to a file and back. */
@Command(
        name = "records",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs whose masks are recorded, for train --policy replay --of RUN; with RUN its epochs.",
            "A file holds the masks of one run, and can be loaded where that run was never trained."
        })
final class RecordsCommand implements Callable<Integer> {
    private static final List<String> OF_RUN =
            List.of("dataset", "examples", "fingerprint", "model", "seed", "batchSize", "accuracy", "checksum");

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "id of the run")
    private @Nullable String run;

    @Option(names = "--save", paramLabel = "FILE", description = "write its masks to this file, as JSON")
    private @Nullable Path save;

    @Option(names = "--load", paramLabel = "FILE", description = "read masks from a file that --save wrote")
    private @Nullable Path load;

    @Mixin
    private Ports ports = new Ports();

    @Override
    public Integer call() {
        check();
        Rest selector = LocalSystem.up(ports).selector;
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

    private void check() {
        if (run != null && !RunId.isValid(run)) {
            throw new WrongUsage("RUN is " + run + ", allowed is the id of a run, as dietsb records lists them");
        }
        if (save != null && (run == null || load != null)) {
            throw new WrongUsage("--save is of a RUN: name it, and leave out --load");
        }
        if (load != null && run != null) {
            throw new WrongUsage("--load is of no use with RUN: the file says which run it is");
        }
        OutputFile.check("--save", save);
        ports.check();
    }

    private static Table table(JsonNode records) {
        Table table = new Table(
                List.of("run", "policy", "dataset", "model", "seed", "epochs", "keep", "accuracy", "checksum"));
        for (JsonNode record : records) {
            boolean over = record.has("ended");
            table.row(List.of(
                    record.path("runId").asText(),
                    record.path("policy").path("kind").asText("-"),
                    record.path("dataset").asText("-"),
                    record.path("model").asText("-"),
                    record.path("seed").asText("-"),
                    Integer.toString(record.path("epochs").size()),
                    over ? percent(record.path("keep").asDouble()) : "-",
                    Summaries.accuracy(record, 4),
                    record.path("checksum").asText("partial")));
        }
        return table;
    }

    private static String described(JsonNode record) {
        Table table = new Table(List.of("epoch", "policy", "selected", "left by the diet", "keep"));
        for (JsonNode epoch : record.path("epochs")) {
            table.row(List.of(
                    epoch.path("epoch").asText(),
                    epoch.path("policy").path("kind").asText(),
                    epoch.path("selected").asText(),
                    epoch.path("kept").asText("all"),
                    epoch.has("keep") ? percent(epoch.path("keep").asDouble()) : "-"));
        }
        StringBuilder words = new StringBuilder();
        for (String field : OF_RUN) {
            if (record.has(field)) {
                words.append(String.format(
                        Locale.ROOT, "%-12s %s%n", field, record.path(field).asText()));
            }
        }
        if (record.has("missing")) {
            words.append(record.path("missing").asText()).append(System.lineSeparator());
        }
        return words + table.toString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }

    private static byte[] file(Rest selector, String run) {
        JsonNode record = selector.get(Records.PATH + "/" + run);
        if (!record.path("whole").asBoolean()) {
            throw new UserError(record.path("missing").asText());
        }
        ObjectNode file = Rest.JSON.createObjectNode().put("runId", run);
        OF_RUN.stream().filter(record::has).forEach(field -> file.set(field, record.get(field)));
        for (JsonNode epoch : record.path("epochs")) {
            file.withArray("epochs")
                    .add(selector.get(Records.PATH + "/" + run + "/epochs/"
                            + epoch.path("epoch").asInt()));
        }
        try {
            return Rest.JSON.writeValueAsBytes(file);
        } catch (IOException impossible) {
            throw new UserError("the masks of run " + run + " cannot be written: " + impossible.getMessage());
        }
    }

    private static JsonNode read(Path file) {
        try {
            JsonNode masks = Rest.JSON.readTree(Files.readAllBytes(file));
            if (RunId.isValid(masks.path("runId").asText())
                    && masks.path("epochs").isArray()) {
                return masks;
            }
        } catch (IOException unreadable) {
            throw new UserError("cannot read " + file + ": " + unreadable.getMessage());
        }
        throw new UserError(file + " holds no masks of a run, as dietsb records RUN --save FILE writes them");
    }

    private static JsonNode load(Rest selector, JsonNode file) {
        String path = Records.PATH + "/" + file.path("runId").asText();
        int epoch = 0;
        for (JsonNode masks : file.path("epochs")) {
            epoch++;
            selector.put(path + "/epochs/" + epoch, masks, "");
        }
        ObjectNode record = Rest.JSON.createObjectNode().put("epochs", epoch);
        OF_RUN.stream().filter(file::has).forEach(field -> record.set(field, file.get(field)));
        return selector.put(path, record, "");
    }
}
