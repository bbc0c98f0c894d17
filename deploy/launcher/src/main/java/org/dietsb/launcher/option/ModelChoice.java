package org.dietsb.launcher.option;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.dietsb.contracts.Sha256;
import org.dietsb.launcher.text.UserError;
import org.dietsb.launcher.text.WrongUsage;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * A network of the trainer's catalogue, or the user's own in a TorchScript file.
 *
 * @param word the name, or the file as written on the command line
 * @param file null for a network of the catalogue
 */
public record ModelChoice(String word, @Nullable Path file) {

    public static ModelChoice of(Model model) {
        return new ModelChoice(model.toString(), null);
    }

    public static ModelChoice parse(String text) {
        if (text.endsWith(".pt")) {
            return new ModelChoice(text, Path.of(text).toAbsolutePath().normalize());
        }
        return Arrays.stream(Model.values())
                .filter(model -> model.toString().equalsIgnoreCase(text))
                .map(ModelChoice::of)
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("one of "
                        + Arrays.stream(Model.values()).map(Model::toString).collect(Collectors.joining(", "))
                        + ", or a TorchScript file, FILE.pt"));
    }

    void check() {
        WrongUsage.unless(file == null || Files.isRegularFile(file), "--model", word, "an existing file");
    }

    void mustBeOfCatalogue() {
        WrongUsage.unless(
                file == null,
                "--model",
                word,
                "a network of the catalogue: trainers of a cluster do not see this file");
    }

    ObjectNode of(ObjectNode request) {
        return file == null
                ? request.put("model", word)
                : request.put("modelFile", file.toString()).put("modelChecksum", checksum(file));
    }

    private static String checksum(Path file) {
        return UserError.onFailure("cannot read " + file, () -> Sha256.hex(file));
    }

    /** Returns the name, or the name of the file, as part of a file name. */
    @Override
    public String toString() {
        return file == null ? word : String.valueOf(file.getFileName());
    }
}
