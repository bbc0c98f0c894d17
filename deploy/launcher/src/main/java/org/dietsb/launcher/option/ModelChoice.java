package org.dietsb.launcher.option;

import org.dietsb.launcher.usage.UserError;
import org.dietsb.launcher.usage.WrongUsage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.TypeConversionException;

/**
 * A network of the trainer's catalogue, or one's own in a file of TorchScript.
 *
 * @param word the name, or the file as it was typed
 * @param file null = of the catalogue
 */
public record ModelChoice(String word, @Nullable Path file) {

    public static ModelChoice of(TrainingOptions.Model model) {
        return new ModelChoice(model.toString(), null);
    }

    public static ModelChoice parse(String text) {
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
    public void check() {
        WrongUsage.unless(file == null || Files.isRegularFile(file), "--model", word, "a file that is there");
    }

    /** Names it in an order or a scoring. */
    public ObjectNode of(ObjectNode request) {
        return file == null
                ? request.put("model", word)
                : request.put("modelFile", file.toString()).put("modelChecksum", checksum(file));
    }

    private static String checksum(Path file) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException unreadable) {
            throw new UserError("cannot read " + file + ": " + unreadable.getMessage());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** As part of a file's name. */
    @Override
    public String toString() {
        return file == null ? word : String.valueOf(file.getFileName());
    }
}
