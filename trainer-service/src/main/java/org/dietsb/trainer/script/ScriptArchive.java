package org.dietsb.trainer.script;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;

/**
 * A TorchScript file that was checked. TorchScript is code that runs with the rights of the trainer, some of it while it is loaded:
 * its operators can read and write files. So the code may use the operators of {@code operators.txt} alone.
 *
 * <p>The content is packed anew from the parts that were checked, so that libtorch reads these parts and no others.
 *
 * @param content the archive for libtorch
 * @param accelerators the accelerators that its code names, such as {@code cuda:0}
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScriptArchive(byte[] content, Set<String> accelerators) {
    /** Time of each entry, so that equal networks are equal bytes. Java adds the time zone to the first day of the format. */
    private static final LocalDateTime PACKED = LocalDateTime.of(1980, 2, 1, 0, 0);

    private static final String CODE = "code/";
    private static final Pattern CHECKED =
            Pattern.compile("data\\.pkl|constants\\.pkl|code/__torch__(/[A-Za-z0-9_]+)*\\.py");
    private static final Pattern DATA = Pattern.compile("(data|constants)/[0-9]+|(\\.data/)?version|byteorder");
    private static final Pattern UNUSED =
            Pattern.compile("code/.*\\.debug_pkl|\\.data/.*|\\.format_version|\\.storage_alignment|extra/.*");
    private static final int MOST_CODE = 64 << 20;

    /**
     * Checks a file.
     *
     * @throws ScriptRefusedException naming the operator or the content that is not allowed
     */
    public static ScriptArchive of(byte[] file) throws ScriptRefusedException {
        Map<String, byte[]> parts = parts(file);
        Declared declared = new Declared();
        List<Code> code = new ArrayList<>();
        for (Map.Entry<String, byte[]> part : parts.entrySet()) {
            String name = part.getKey();
            if (name.startsWith(CODE)) {
                String module = name.substring(CODE.length(), name.length() - ".py".length())
                        .replace('/', '.');
                code.add(new Code(name, module, new String(part.getValue(), StandardCharsets.ISO_8859_1), declared));
            }
        }
        for (Code one : code) {
            one.read();
        }
        declared.complete();
        Set<String> accelerators = new TreeSet<>();
        for (Code one : code) {
            one.read();
            accelerators.addAll(one.devices());
        }
        for (String pickle : List.of("data.pkl", "constants.pkl")) {
            byte[] content = parts.get(pickle);
            if (content != null) {
                Pickle.check(pickle, content, declared);
            }
        }
        return new ScriptArchive(packed(parts), Collections.unmodifiableSet(accelerators));
    }

    private static Map<String, byte[]> parts(byte[] file) throws ScriptRefusedException {
        Map<String, byte[]> parts = new TreeMap<>();
        Set<String> lowerCase = new HashSet<>();
        long left = (long) file.length + MOST_CODE;
        String root = null;
        try (ZipFile zip = ZipFile.builder()
                .setSeekableByteChannel(new SeekableInMemoryByteChannel(file))
                .get()) {
            for (ZipArchiveEntry entry : Collections.list(zip.getEntries())) {
                String[] name = entry.getName().split("/", 2);
                root = root == null ? name[0] : root;
                if (name.length < 2 || !name[0].equals(root)) {
                    throw ScriptRefusedException.unknown("archive", entry.getName());
                }
                boolean used = CHECKED.matcher(name[1]).matches()
                        || DATA.matcher(name[1]).matches();
                if (!used && UNUSED.matcher(name[1]).matches()) {
                    continue;
                }
                // libtorch looks names up without regard to case.
                if (!used || !lowerCase.add(name[1].toLowerCase(Locale.ROOT))) {
                    throw ScriptRefusedException.unknown("archive", entry.getName());
                }
                try (InputStream in = zip.getInputStream(entry)) {
                    byte[] content = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, left + 1));
                    left -= content.length;
                    if (left < 0) {
                        throw ScriptRefusedException.unknown("archive", "its size");
                    }
                    parts.put(name[1], content);
                }
            }
        } catch (IOException | RuntimeException broken) {
            throw new ScriptRefusedException(
                    "modelFile is not TorchScript as torch.jit.save writes it: no zip archive");
        }
        if (!parts.containsKey("data.pkl") || !(parts.containsKey("version") || parts.containsKey(".data/version"))) {
            throw new ScriptRefusedException(
                    "modelFile is not TorchScript as torch.jit.save writes it: data.pkl or version is missing");
        }
        return parts;
    }

    private static byte[] packed(Map<String, byte[]> parts) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(packed, StandardCharsets.US_ASCII)) {
            zip.setLevel(Deflater.NO_COMPRESSION);
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                ZipEntry entry = new ZipEntry("archive/" + part.getKey());
                entry.setTimeLocal(PACKED);
                zip.putNextEntry(entry);
                zip.write(part.getValue());
                zip.closeEntry();
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return packed.toByteArray();
    }
}
