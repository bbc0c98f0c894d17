package org.dietsb.launcher;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits shell code of the documents into commands and their words: comments, quotes, continued lines, loops, variables. */
final class ShellCommands {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
    private static final Pattern ASSIGNMENT = Pattern.compile("(\\w+)=(.*)", Pattern.DOTALL);

    private final Map<String, String> variables = new HashMap<>();
    private final List<List<String>> commands = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;

    private ShellCommands() {}

    /** Returns the words of each command; a variable that the code sets has its first value. */
    static List<List<String>> of(String code) {
        ShellCommands shell = new ShellCommands();
        shell.read(code.replace("\\\n", " ") + "\n");
        return shell.commands;
    }

    private void read(String code) {
        int nested = 0;
        char quote = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '(' || (nested > 0 && c == ')')) {
                nested += c == '(' ? 1 : -1;
                word.append(c);
            } else if (nested > 0) {
                word.append(c);
            } else if (c == '\'' || c == '"') {
                quote = c;
                inWord = true;
            } else if (c == '#' && !inWord) {
                i = code.indexOf('\n', i) - 1;
            } else if (c == '\n' || c == ';' || c == '|' || c == '&') {
                endCommand();
            } else if (Character.isWhitespace(c)) {
                endWord();
            } else {
                word.append(c);
                inWord = true;
            }
        }
        endCommand();
    }

    private void endWord() {
        if (inWord) {
            words.add(VARIABLE.matcher(word)
                    .replaceAll(
                            found -> Matcher.quoteReplacement(variables.getOrDefault(found.group(1), found.group()))));
        }
        word.setLength(0);
        inWord = false;
    }

    private void endCommand() {
        endWord();
        List<String> command = words;
        words = new ArrayList<>();
        if (command.size() > 3 && command.get(0).equals("for") && command.get(2).equals("in")) {
            variables.put(command.get(1), command.get(3));
            return;
        }
        while (!command.isEmpty()) {
            String first = command.get(0);
            Matcher assignment = ASSIGNMENT.matcher(first);
            if (assignment.matches()) {
                variables.put(assignment.group(1), assignment.group(2));
            } else if (!List.of("do", "then", "export").contains(first)) {
                break;
            }
            command = command.subList(1, command.size());
        }
        if (!command.isEmpty()) {
            commands.add(List.copyOf(command));
        }
    }
}
