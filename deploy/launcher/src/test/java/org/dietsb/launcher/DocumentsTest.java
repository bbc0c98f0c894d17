package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import picocli.CommandLine;

/** The documents: their commands parse, their links resolve, what they name exists. Nothing is started. */
class DocumentsTest {
    private static final Path ROOT =
            Path.of(System.getProperty("dietsb.root", "../..")).toAbsolutePath().normalize();
    private static final Set<String> GOALS =
            Set.of("clean", "compile", "test-compile", "test", "package", "verify", "spotless:apply", "spotless:check");
    private static final Set<String> MAVEN_PROPERTIES =
            Set.of("skipTests", "test", "groups", "surefire.failIfNoSpecifiedTests");
    private static final Set<String> LANGUAGES =
            Set.of("sh", "text", "json", "yaml", "properties", "mermaid", "java", "python", "proto");
    private static final Pattern PLACEHOLDER = Pattern.compile("[A-Z]+");

    private static List<Markdown> documents = List.of();
    private static List<Path> sources = List.of();

    @BeforeAll
    static void readDocuments() throws IOException {
        List<Path> files = files();
        sources = files.stream()
                .filter(file -> file.toString().endsWith(".java") || file.endsWith("pom.xml"))
                .toList();
        List<Markdown> read = new ArrayList<>();
        for (Path file : files) {
            if (file.toString().endsWith(".md")) {
                read.add(Markdown.of(file));
            }
        }
        documents = List.copyOf(read);
    }

    /** Every file of the project that is not hidden or built. */
    private static List<Path> files() throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean skipped = !folder.equals(ROOT) && (name.startsWith(".") || name.equals("target"));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                found.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }

    private static Stream<Markdown> ownDocuments() {
        return documents.stream()
                .filter(document -> document.file().equals(ROOT.resolve("README.md"))
                        || document.file().equals(ROOT.resolve("deploy/README.md"))
                        || document.file().startsWith(ROOT.resolve("deploy/docs")));
    }

    @Test
    void everyCommandParses() {
        assertThat(documents.stream().flatMap(DocumentsTest::wrongCommands)).isEmpty();
    }

    @Test
    void everyCommandOfContinuousIntegrationParses() {
        Path script = ROOT.resolve(".ci/run");
        assertThat(wrongCommands(Markdown.of(script, "```sh\n" + text(script) + "```\n")))
                .isEmpty();
    }

    @Test
    void everyLinkAndAnchorResolves() {
        assertThat(documents.stream().flatMap(DocumentsTest::brokenLinks)).isEmpty();
    }

    @Test
    void everyNamedTestExists() {
        Set<String> tests = classes();
        assertThat(documents.stream().flatMap(document -> document.spans().stream()
                        .filter(span -> span.matches("\\w+Test") && !tests.contains(span))
                        .map(span -> at(document, "there is no test " + span))))
                .isEmpty();
    }

    @Test
    void everyBlockNamesItsLanguageAndIsReadable() {
        assertThat(ownDocuments().flatMap(DocumentsTest::unreadableBlocks)).isEmpty();
    }

    @Test
    void theArchitectureIsReadableAndNamesTopicsThatExist() throws Exception {
        // Given
        byte[] drawing = Files.readAllBytes(ROOT.resolve("deploy/docs/architecture.svg"));
        // When
        var texts = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(drawing))
                .getElementsByTagName("text");
        List<String> named = new ArrayList<>();
        for (int i = 0; i < texts.getLength(); i++) {
            String text = texts.item(i).getTextContent();
            if (text.matches("[a-z0-9]+-[a-z]+")) {
                named.add(text);
            }
        }
        // Then
        assertThat(named).hasSizeGreaterThan(4).isSubsetOf(topics());
    }

    @Test
    void theProtocolDescribesEveryTopicAndMessage() throws IOException {
        // Given
        String protocol = Files.readString(ROOT.resolve("deploy/docs/PROTOCOL.md"));
        List<String> events = new ArrayList<>();
        for (String proto : List.of(
                "trainer-service/src/main/proto/batch-losses.proto",
                "selector-service/src/main/proto/backprop-masks.proto")) {
            String source = Files.readString(ROOT.resolve(proto));
            String oneOf = source.substring(source.indexOf("oneof "), source.indexOf('}', source.indexOf("oneof ")));
            found(Pattern.compile("(\\w+) \\w+ = \\d+;"), oneOf).forEach(events::add);
        }
        // Then
        assertThat(events).hasSize(17).allSatisfy(event -> assertThat(protocol).contains("| `" + event + "` | "));
        assertThat(topics()).allSatisfy(topic -> assertThat(protocol).contains("| " + topic + " | "));
    }

    @Test
    void theReadmeIsShortAndLeadsToEveryDocument() throws IOException {
        Path readme = ROOT.resolve("README.md");
        assertThat(Files.size(readme)).isBetween(6_000L, 10_500L);
        try (Stream<Path> listed = Files.list(ROOT.resolve("deploy/docs"))) {
            List<String> paths =
                    listed.map(file -> ROOT.relativize(file).toString()).toList();
            assertThat(Markdown.of(readme).links()).containsAll(paths);
        }
    }

    @Test
    void aWrongCommandIsFound() {
        assertThat(wrongCommands(planted("```sh\ndeploy/dietsb train --kep 1/2\n```")))
                .singleElement()
                .asString()
                .contains("--kep");
        assertThat(wrongCommands(planted(
                        "```sh\nfor k in 1/2 x; do\n  deploy/dietsb train \\\n    --keep $k --seed a\ndone\n```")))
                .singleElement()
                .asString()
                .contains("--seed");
        assertThat(wrongCommands(planted("`deploy/dietsb train --policy best`")))
                .hasSize(1);
        assertThat(wrongCommands(planted("`dietsb repeat`"))).hasSize(1);
        assertThat(wrongCommands(
                        planted("```\ndeploy/dietsb report --experiment deploy/experiments/no.yaml --out D\n```")))
                .singleElement()
                .asString()
                .contains("no.yaml");
        assertThat(wrongCommands(planted("`deploy/dietsb bench mask-route`"))).hasSize(1);
        assertThat(wrongCommands(planted("`deploy/dietsb bench mask-path --widow 1`")))
                .hasSize(1);
        assertThat(wrongCommands(planted("`mvn verify -Pno-such`"))).hasSize(1);
        assertThat(wrongCommands(planted("`mvn verify -pl '!helm,no-such-service'`")))
                .hasSize(1);
        assertThat(wrongCommands(planted("`mvn test -Dtest=DocumentsTest,NoSuchTest`")))
                .hasSize(1);
        assertThat(wrongCommands(planted("`mvn test -pl deploy/launcher`"))).isNotEmpty();
        assertThat(wrongCommands(planted("`mvn test -pl deploy/launcher -am`"))).isEmpty();
        assertThat(wrongCommands(planted("`mvn verfy`"))).hasSize(1);
        assertThat(wrongCommands(planted("`mvn verify -Dfaults.runds=1`"))).hasSize(1);
        assertThat(wrongCommands(planted("`deploy/dietsb policy RUN KIND --after SHARE`, `mvn verify -Plong # all`")))
                .isEmpty();
    }

    @Test
    void aBrokenLinkIsFound() {
        assertThat(brokenLinks(planted("[a](deploy/docs/NOTHING.md)"))).hasSize(1);
        assertThat(brokenLinks(planted("[a](deploy/docs/RESULTS.md#nothing)"))).hasSize(1);
        assertThat(brokenLinks(planted("# Here\n[a](#there)"))).hasSize(1);
        assertThat(brokenLinks(planted("<img src=\"nothing.svg\">"))).hasSize(1);
        assertThat(brokenLinks(planted("## Here, `it` is\n## Here, it is\n[a](#here-it-is) [b](#here-it-is-1)")))
                .isEmpty();
    }

    @Test
    void anUnreadableBlockIsFound() {
        assertThat(unreadableBlocks(planted("```\na\n```"))).hasSize(1);
        assertThat(unreadableBlocks(planted("```json\n{\"a\": }\n```"))).hasSize(1);
        assertThat(unreadableBlocks(planted("```yaml\na: [1\n```"))).hasSize(1);
        assertThat(unreadableBlocks(planted("```mermaid\nsequenceDiagram\n  participant A\n  A->>B: b\n```")))
                .hasSize(1);
    }

    private static Markdown planted(String text) {
        return Markdown.of(ROOT.resolve("README.md"), text + "\n");
    }

    private static String at(Markdown document, String error) {
        return ROOT.relativize(document.file()) + ": " + error;
    }

    private static Stream<String> wrongCommands(Markdown document) {
        return Stream.concat(
                        document.blocks().stream()
                                .filter(block -> Set.of("", "sh").contains(block.language()))
                                .map(Markdown.Block::text),
                        document.spans().stream()
                                .filter(span -> span.matches("(deploy/dietsb|dietsb|mvn) .*"))
                                .map(span -> span.replaceAll("\\[[^\\]]*]", "")))
                .flatMap(code -> ShellCommands.of(code).stream())
                .flatMap(words -> Stream.concat(missingFiles(words), wrong(words))
                        .map(error -> at(document, String.join(" ", words) + ": " + error)));
    }

    private static Stream<String> missingFiles(List<String> words) {
        return words.stream()
                .filter(word -> word.matches("(deploy|helm|\\w+-service)/[\\w./-]+") && !word.contains("/target/"))
                .filter(word -> !Files.exists(ROOT.resolve(word)))
                .map(word -> "there is no " + word);
    }

    private static Stream<String> wrong(List<String> words) {
        List<String> arguments = words.subList(1, words.size());
        String program = words.get(0);
        if (program.equals("mvn")) {
            return wrongMaven(arguments);
        }
        if (!Set.of("deploy/dietsb", "../dietsb", "dietsb").contains(program)
                || arguments.isEmpty()
                || PLACEHOLDER.matcher(arguments.get(0)).matches()) {
            return Stream.of();
        }
        if (arguments.get(0).equals("bench")) {
            return wrongBench(arguments.subList(1, arguments.size()));
        }
        try {
            CommandLine.ParseResult parsed = Dietsb.commandLine()
                    .parseArgs(arguments.stream().map(DocumentsTest::filledIn).toArray(String[]::new));
            List<Exception> errors = parsed.asCommandLineList().stream()
                    .flatMap(one -> one.getParseResult().errors().stream())
                    .toList();
            boolean isMention = arguments.size() == 1
                    && errors.stream().allMatch(CommandLine.MissingParameterException.class::isInstance);
            if (!errors.isEmpty() && !isMention) {
                return errors.stream().map(Exception::getMessage);
            }
            return parsed.hasSubcommand() || parsed.isUsageHelpRequested() ? Stream.of() : Stream.of("no command");
        } catch (CommandLine.ParameterException wrong) {
            return Stream.of(String.valueOf(wrong.getMessage()));
        }
    }

    /** A value that parses in the place of a placeholder such as RUN. */
    private static String filledIn(String word) {
        if (word.equals("KIND")) {
            return "random";
        }
        return PLACEHOLDER.matcher(word).matches() ? "1" : word;
    }

    /** The benchmarks are a program of their own, whose options stand in its sources. */
    private static Stream<String> wrongBench(List<String> arguments) {
        String declared = sources.stream()
                .filter(file -> file.startsWith(ROOT.resolve("deploy/bench/src/main")))
                .map(DocumentsTest::text)
                .collect(Collectors.joining());
        return arguments.stream()
                .filter(word -> !PLACEHOLDER.matcher(word).matches())
                .filter(word -> word.startsWith("--") || word.equals(arguments.get(0)))
                .filter(word -> !word.equals("--help") && !declared.contains("\"" + word + "\""))
                .map(word -> word + " is no benchmark or option");
    }

    private static Stream<String> wrongMaven(List<String> arguments) {
        List<String> errors = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (word.equals("-pl")) {
                i++;
                List<String> modules = List.of(arguments.get(i).split(",", -1));
                modules.stream()
                        .map(module -> module.replaceFirst("^!", ""))
                        .filter(module -> !Files.exists(ROOT.resolve(module).resolve("pom.xml")))
                        .forEach(module -> errors.add("there is no module " + module));
                if (errors.isEmpty() && builds(arguments) && !modules.get(0).startsWith("!")) {
                    unbuilt(modules).forEach(errors::add);
                }
            } else if (word.startsWith("-P")) {
                Stream.of(word.substring(2).split(",", -1))
                        .filter(profile -> poms().noneMatch(pom -> hasProfile(pom, profile)))
                        .forEach(profile -> errors.add("there is no profile " + profile));
            } else if (word.startsWith("-D")) {
                property(word.substring(2)).forEach(errors::add);
            } else if (!Set.of("-am", "-B", "-q", "-o", "-ntp").contains(word) && !GOALS.contains(word)) {
                errors.add(word + " is no goal or option");
            }
        }
        return errors.stream();
    }

    private static boolean builds(List<String> arguments) {
        return !arguments.contains("-am") && arguments.stream().noneMatch(word -> word.startsWith("spotless:"));
    }

    /** Modules that others need and that are not among those built: nothing of this project is in a repository. */
    private static Stream<String> unbuilt(List<String> modules) {
        return modules.stream().flatMap(module -> found(
                        Pattern.compile("<groupId>org.dietsb</groupId>\\s*<artifactId>([\\w-]+)</artifactId>"),
                        text(ROOT.resolve(module).resolve("pom.xml")))
                .filter(needed -> !needed.equals("diet-selective-backprop"))
                .filter(needed ->
                        modules.stream().noneMatch(built -> Path.of(built).endsWith(needed)))
                .map(needed -> module + " needs " + needed + ": name it in -pl, or add -am"));
    }

    private static Stream<String> property(String definition) {
        String[] parts = definition.split("=", 2);
        String value = parts.length == 2 ? parts[1] : "";
        if (parts[0].equals("test")) {
            Set<String> tests = classes();
            return Stream.of(value.split(",", -1))
                    .filter(test -> !tests.contains(test.replaceFirst("#.*", "")))
                    .map(test -> "there is no test " + test);
        }
        if (parts[0].equals("groups")) {
            return isInSources("@Tag(\"" + value + "\")") ? Stream.of() : Stream.of("there is no group " + value);
        }
        return MAVEN_PROPERTIES.contains(parts[0]) || isInSources(parts[0])
                ? Stream.of()
                : Stream.of("nothing reads the property " + parts[0]);
    }

    private static boolean isInSources(String text) {
        return sources.stream()
                .filter(file -> !file.endsWith("DocumentsTest.java"))
                .anyMatch(file -> text(file).contains(text));
    }

    private static boolean hasProfile(String pom, String profile) {
        return Pattern.compile("<profile>\\s*(<!--.*?-->\\s*)?<id>" + Pattern.quote(profile) + "</id>", Pattern.DOTALL)
                .matcher(pom)
                .find();
    }

    private static Stream<String> poms() {
        return sources.stream().filter(file -> file.endsWith("pom.xml")).map(DocumentsTest::text);
    }

    private static Set<String> classes() {
        return sources.stream()
                .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
                .collect(Collectors.toSet());
    }

    private static List<String> topics() throws IOException {
        List<String> names = new ArrayList<>();
        new ObjectMapper()
                .readTree(ROOT.resolve("deploy/topics.json").toFile())
                .path("topics")
                .forEach(topic -> names.add(topic.path("name").asText()));
        return names;
    }

    private static Stream<String> brokenLinks(Markdown document) {
        return document.links().stream()
                .filter(link -> !link.matches("(https?|mailto):.*"))
                .filter(link -> !resolves(document, link))
                .map(link -> at(document, "broken link " + link));
    }

    private static boolean resolves(Markdown document, String link) {
        String path = link.replaceFirst("#.*", "");
        Path target = path.isEmpty()
                ? document.file()
                : document.file().resolveSibling(path).normalize();
        if (!target.startsWith(ROOT) || !Files.exists(target)) {
            return false;
        }
        String anchor = link.substring(path.length()).replaceFirst("#", "");
        return anchor.isEmpty()
                || Stream.concat(path.isEmpty() ? Stream.of(document) : Stream.of(), documents.stream())
                        .filter(other -> other.file().equals(target))
                        .findFirst()
                        .map(other -> other.anchors().contains(anchor))
                        .orElse(false);
    }

    private static Stream<String> unreadableBlocks(Markdown document) {
        return document.blocks().stream().flatMap(block -> unreadable(block)
                .map(error -> at(document, "block at line " + block.line() + ": " + error)));
    }

    private static Stream<String> unreadable(Markdown.Block block) {
        try {
            switch (block.language()) {
                case "json" -> {
                    var unused = new ObjectMapper().readTree(block.text());
                }
                case "yaml" -> {
                    Object unused = new Yaml().load(block.text());
                }
                case "mermaid" -> {
                    return strangers(block.text());
                }
                default -> {
                    return LANGUAGES.contains(block.language())
                            ? Stream.of()
                            : Stream.of("its language is '" + block.language() + "', allowed is " + LANGUAGES);
                }
            }
            return Stream.of();
        } catch (IOException | RuntimeException unreadable) {
            return Stream.of(String.valueOf(unreadable.getMessage()));
        }
    }

    /** Participants of a sequence diagram's arrows that it does not declare. */
    private static Stream<String> strangers(String diagram) {
        Set<String> declared =
                found(Pattern.compile("participant (\\w+)"), diagram).collect(Collectors.toSet());
        Pattern arrow = Pattern.compile("(?m)^\\s*(\\w+)-{1,2}>>(\\w+): .+$");
        return Stream.concat(
                        diagram.startsWith("sequenceDiagram\n") ? Stream.of() : Stream.of("its first line"),
                        arrow.matcher(diagram)
                                .results()
                                .flatMap(ends -> Stream.of(ends.group(1), ends.group(2)))
                                .filter(end -> !declared.contains(end)))
                .map(end -> end + " is not declared");
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult match) -> match.group(1));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
