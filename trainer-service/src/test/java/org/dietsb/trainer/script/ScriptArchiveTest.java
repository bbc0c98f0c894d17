package org.dietsb.trainer.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.dietsb.trainer.model.Network;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Refused files differ from own-model.pt in a harmless operator, or in content that torch.jit.save does not write. */
class ScriptArchiveTest {
    /** More levels than are allowed. */
    private static final int DEEP = 250;

    private static final String CODE = "code/__torch__.py";
    private static final String LAST_LINE = "    return _4\n";
    /** It returns the number of a tensor's device. No network of the catalogue of architectures needs it. */
    private static final String NOT_LISTED =
            "modelFile uses operator aten::get_device, which is not among those that networks need";

    private static byte[] file(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                name.contains("own-model")
                        ? Network.class.getResourceAsStream(name)
                        : ScriptArchiveTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "own-model.pt",
                "ResNet.pt",
                "MobileNet.pt",
                "ConvNeXt.pt",
                "VisionTransformer.pt",
                "Attention.pt",
                "Recurrent.pt",
                "Mixed.pt",
                "ResNet-traced.pt",
                "ConvNeXt-traced.pt",
                "VisionTransformer-traced.pt",
                "Recurrent-traced.pt"
            })
    void networksAreAccepted(String name) throws IOException, ScriptRefusedException {
        ScriptArchive archive = ScriptArchive.of(file(name));

        assertThat(archive.accelerators()).isEmpty();
        // What was packed anew is checked in the same way.
        assertThat(ScriptArchive.of(archive.content()).content()).isEqualTo(archive.content());
    }

    @Test
    void theTimeOfPackingChangesNothing() throws IOException, ScriptRefusedException {
        byte[] content = ScriptArchive.of(file("own-model.pt")).content();

        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(content))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                assertThat(entry.getTimeLocal()).as(entry.getName()).isEqualTo("1980-02-01T00:00:00");
            }
        }
    }

    /** The ways to an operator. The variable is a tensor; the class declares a method of the operator's name too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "torch.get_device(images)",
                "ops.aten.get_device(images)",
                "getattr(torch, \"get_device\")(images)",
                "getattr(images, 'get_device')()",
                "images.get_device()",
                "(images).get_device()",
                "torch.relu(images).get_device()",
                "(images if True else images).get_device()",
                "[images][0].get_device()",
                "annotate(Tensor, self.conv1.weight).get_device()",
                "(unchecked_cast(Tensor, images)).get_device()"
            })
    void operatorIsFoundHoweverItIsReached(String expression) {
        assertThatThrownBy(() -> ScriptArchive.of(changed(
                        CODE,
                        code -> code.replace(LAST_LINE, "    _5 = " + expression + "\n" + LAST_LINE)
                                + "  def get_device(self: __torch__.Own) -> int:\n    return 1\n")))
                .isInstanceOf(ScriptRefusedException.class)
                .hasMessageStartingWith(NOT_LISTED);
    }

    @Test
    void methodOfTheScriptMayHaveTheNameOfAnOperator() {
        assertThatCode(() -> ScriptArchive.of(changed(
                        CODE,
                        code -> code.replace(LAST_LINE, "    _5 = (self).get_device()\n" + LAST_LINE)
                                + "  def get_device(self: __torch__.Own) -> int:\n    return 1\n")))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "print(images) | modelFile uses operator print,",
                "ops.prim.Print(images) | modelFile uses operator prim::Print,",
                "torch.autograd.get_device(images) | modelFile uses operator aten::autograd,",
                "fork(images) | modelFile uses operator fork,",
                "ops.mine.compute(images) | modelFile uses operator mine::compute,",
                "images.tolist() | modelFile uses operator aten::tolist,"
            })
    void operatorOfTheRefusalIsNamed(String expression, String message) {
        assertThatThrownBy(() -> ScriptArchive.of(inForward(expression))).hasMessageStartingWith(message);
    }

    /** Content whose meaning for libtorch is not known here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "    _5 = torch\n",
                "    torch = images\n",
                "    getattr = images\n",
                "    _5 = ops.prim\n",
                "    _5 = lambda: images\n",
                "    _5 = [_6 for _6 in images]\n",
                "    _5 = \"\"\"images\"\"\"\n",
                "    _5 = \"a\" \"b\"\n",
                "    _5 = f\"{images}\"\n",
                "    _5 = images # comment\n",
                "    _5 = \\\n",
                "    _5 = __torch__.torch.classes.mine.Thing()\n",
                "    _5 = __torch__.Unknown()\n",
                "    _5 = self\n    _5 = images\n",
                "    _5 = getattr(self, \"conv\\1\")\n",
                "    import os\n",
                "    _5 = images()\n",
                "\t_5 = images\n",
                "    _5 = ((images)\n"
            })
    void unknownContentIsRefused(String line) {
        assertThatThrownBy(() -> ScriptArchive.of(changed(CODE, code -> code.replace(LAST_LINE, line + LAST_LINE))))
                .isInstanceOf(ScriptRefusedException.class)
                .hasMessageMatching("[ -~]{1,300}");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "(".repeat(DEEP) + "images" + ")".repeat(DEEP);
        assertThatThrownBy(() -> ScriptArchive.of(inForward(deep)))
                .hasMessageStartingWith(
                        "modelFile has content that this trainer does not know, at code/__torch__.py line 28");
        String getattrs = "getattr(".repeat(DEEP) + "self" + ", \"a\")".repeat(DEEP);
        assertThatThrownBy(() -> ScriptArchive.of(inForward(getattrs))).isInstanceOf(ScriptRefusedException.class);
    }

    @Test
    void codeThatRunsWhileTheFileIsLoadedIsChecked() {
        assertThatThrownBy(() -> ScriptArchive.of(changed(
                        CODE,
                        code -> code + "  def __setstate__(self: __torch__.Own,\n    state: int) -> NoneType:\n"
                                + "    _0 = torch.get_device(self.conv1.weight)\n    return None\n")))
                .hasMessageStartingWith(NOT_LISTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bytecode.pkl",
                "model.json",
                "CODE/__torch__.py",
                "code/__torch__/torch/../a.py",
                "code/other.py",
                "code/__torch__/A.py.txt"
            })
    void archiveHoldsNothingElse(String name) {
        assertThatThrownBy(() -> ScriptArchive.of(changed(name, before -> "")))
                .hasMessage("modelFile has content that this trainer does not know, at archive: own-model/" + name
                        + ". Save the network with torch.jit.save");
    }

    @Test
    void pickleNamesDeclaredClassesOnly() {
        for (String global : new String[] {"builtins\nlen\n", "__torch__.torch.classes.mine\nThing\n", "os\nnice\n"}) {
            assertThatThrownBy(() -> ScriptArchive.of(changed("data.pkl", pickle -> "\u0080\u0002c" + global + ".")))
                    .hasMessageStartingWith("modelFile has content that this trainer does not know, at data.pkl: ");
        }
        // An instruction that libtorch does not write, and an early end.
        for (String pickle : new String[] {"\u0080\u0002i1\n.", "\u0080\u0002X\u0005\0\0\0ab", "\u0080"}) {
            assertThatThrownBy(() -> ScriptArchive.of(changed("data.pkl", before -> pickle)))
                    .isInstanceOf(ScriptRefusedException.class);
        }
    }

    @Test
    void acceleratorsAreNamed() throws IOException, ScriptRefusedException {
        assertThat(ScriptArchive.of(inForward("torch.zeros([1], dtype=6, device=torch.device(\"cuda:0\"))"))
                        .accelerators())
                .containsExactly("cuda:0");
    }

    @Test
    void textOfTheFileIsShortenedAndPrintable() {
        assertThatThrownBy(() -> ScriptArchive.of(inForward("images.a" + "a".repeat(5_000) + "()")))
                .hasMessageMatching("modelFile uses operator aten::a{74}\\.\\., .{1,200}");
        assertThatThrownBy(
                        () -> ScriptArchive.of(changed("data.pkl", pickle -> "\u0080\u0002cbell\u0007\nna\u00e9me\n.")))
                .hasMessageContaining("bell?.na?me");
    }

    @Test
    void otherFilesAreNoTorchScript() throws IOException {
        assertThatThrownBy(() -> ScriptArchive.of("no script".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("modelFile is not TorchScript as torch.jit.save writes it: no zip archive");
        assertThatThrownBy(() -> ScriptArchive.of(zip(Map.of("archive/version", new byte[] {'3'}))))
                .hasMessage("modelFile is not TorchScript as torch.jit.save writes it: data.pkl or version is missing");
    }

    private static byte[] inForward(String expression) throws IOException {
        return changed(CODE, code -> code.replace(LAST_LINE, "    _5 = " + expression + "\n" + LAST_LINE));
    }

    /** Returns own-model.pt with a part changed; its content is given as one character per byte. */
    private static byte[] changed(String part, UnaryOperator<String> change) throws IOException {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        byte[] packed;
        try {
            packed = ScriptArchive.of(file("own-model.pt")).content();
        } catch (ScriptRefusedException refused) {
            throw new AssertionError(refused);
        }
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(packed))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                parts.put(entry.getName().replace("archive/", "own-model/"), zip.readAllBytes());
            }
        }
        byte[] before = parts.getOrDefault("own-model/" + part, new byte[0]);
        String after = change.apply(new String(before, StandardCharsets.ISO_8859_1));
        parts.put("own-model/" + part, after.getBytes(StandardCharsets.ISO_8859_1));
        return zip(parts);
    }

    private static byte[] zip(Map<String, byte[]> parts) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(content)) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
                zip.closeEntry();
            }
        }
        return content.toByteArray();
    }
}
