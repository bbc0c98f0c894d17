package org.dietsb.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.dietsb.contracts.Sha256;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * A network of the trainer's catalogue, or one's own in a file of TorchScript.
 *
 * @param word the name, or the file as it was typed
 * @param file null = of the catalogue
 */
record ModelChoice(String word, @Nullable Path file) {

    static ModelChoice of(TrainingOptions.Model model) {
        return new ModelChoice(model.toString(), null);
    }

    static ModelChoice parse(String text) {
        List<String> names = Arrays.stream(TrainingOptions.Model.values())
                .map(TrainingOptions.Model::toString)
                .toList();
        for (String name : names) {
            if (name.equalsIgnoreCase(text)) {
                return new ModelChoice(name, null);
            }
        }
        if (text.endsWith(".pt")) {
            return new ModelChoice(text, Path.of(text).toAbsolutePath().normalize());
        }
        throw new TypeConversionException("one of " + String.join(", ", names) + ", or a file of TorchScript, FILE.pt");
    }

    /** Refuses a file that is not there. */
    void check() {
        WrongUsage.unless(file == null || Files.isRegularFile(file), "--model", word, "a file that is there");
    }

    /** Names it in an order or a scoring. */
    ObjectNode of(ObjectNode request) {
        return file == null
                ? request.put("model", word)
                : request.put("modelFile", file.toString()).put("modelChecksum", checksum(file));
    }

    private static String checksum(Path file) {
        try {
            return Sha256.hex(file);
        } catch (IOException unreadable) {
            throw new UserError("cannot read " + file + ": " + unreadable.getMessage());
        }
    }

    /** As part of a file's name. */
    @Override
    public String toString() {
        return file == null ? word : String.valueOf(file.getFileName());
    }
}
