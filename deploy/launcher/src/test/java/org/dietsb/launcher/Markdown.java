package org.dietsb.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The parts of a Markdown document that can be checked.
 *
 * @param blocks fenced code blocks
 * @param spans inline code
 * @param links targets of links and images, of Markdown and of HTML
 * @param anchors of its headings, as GitHub derives them
 */
record Markdown(Path file, List<Block> blocks, List<String> spans, List<String> links, Set<String> anchors) {
    private static final Pattern SPAN = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HTML_LINK = Pattern.compile("\\b(?:src|srcset|href)=\"([^\"]+)\"");

    /**
     * A fenced code block.
     *
     * @param language as written after the fence; empty if none
     * @param line of its fence, from 1
     */
    record Block(String language, int line, String text) {}

    static Markdown of(Path file) throws IOException {
        return of(file, Files.readString(file));
    }

    static Markdown of(Path file, String source) {
        List<Block> blocks = new ArrayList<>();
        StringBuilder prose = new StringBuilder();
        Set<String> anchors = new HashSet<>();
        StringBuilder block = null;
        String language = "";
        int start = 0;
        int number = 0;
        for (String line : source.lines().toList()) {
            number++;
            if (line.stripLeading().startsWith("```")) {
                if (block == null) {
                    block = new StringBuilder();
                    language = line.strip().substring(3);
                    start = number;
                } else {
                    blocks.add(new Block(language, start, block.toString()));
                    block = null;
                }
            } else if (block != null) {
                block.append(line).append('\n');
            } else {
                if (line.matches("#{1,6} .*")) {
                    anchors.add(fresh(anchors, anchor(line.replaceFirst("#+ ", ""))));
                }
                prose.append(line).append('\n');
            }
        }
        if (block != null) {
            throw new IllegalArgumentException(file + ":" + start + ": the code block is not closed");
        }
        String withoutCode = SPAN.matcher(prose).replaceAll("");
        return new Markdown(
                file,
                List.copyOf(blocks),
                groups(SPAN, prose).map(span -> span.replace('\n', ' ')).toList(),
                Stream.concat(groups(LINK, withoutCode), groups(HTML_LINK, withoutCode))
                        .toList(),
                anchors);
    }

    private static Stream<String> groups(Pattern pattern, CharSequence text) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1));
    }

    private static String anchor(String heading) {
        return heading.replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "")
                .replace(' ', '-');
    }

    private static String fresh(Set<String> taken, String anchor) {
        String name = anchor;
        for (int copy = 1; taken.contains(name); copy++) {
            name = anchor + "-" + copy;
        }
        return name;
    }
}
