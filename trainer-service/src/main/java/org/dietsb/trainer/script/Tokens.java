package org.dietsb.trainer.script;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits the code of a script into tokens. Rejects whatever libtorch might split in another way. */
final class Tokens {
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        SYMBOL,
        NEWLINE,
        INDENT,
        DEDENT,
        END
    }

    /** A token; of a string, its content as written. */
    record Token(Kind kind, String text, int line) {
        boolean is(String word) {
            return (kind == Kind.SYMBOL || kind == Kind.NAME) && text.equals(word);
        }
    }

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern NUMBER = Pattern.compile("(?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?j?");
    private static final Pattern SYMBOL =
            Pattern.compile("->|==|!=|<=|>=|//|\\*\\*|<<|>>|\\+=|-=|\\*=|/=|[-+*/%@&|^~<>=.,:()\\[\\]{}]");

    private final String file;
    private final List<Token> tokens = new ArrayList<>();
    private final Deque<Integer> indents = new ArrayDeque<>(List.of(0));
    private int openBrackets;
    private int number;

    private Tokens(String file) {
        this.file = file;
    }

    /** Splits the code of a file, one character per byte. */
    static List<Token> of(String file, String code) throws ScriptRefusedException {
        Tokens tokens = new Tokens(file);
        for (String line : code.split("\n", -1)) {
            tokens.number++;
            if (line.chars().anyMatch(c -> c < ' ')) {
                throw tokens.unknown("a control character");
            }
            if (!line.isBlank()) {
                tokens.line(line);
            }
        }
        if (tokens.openBrackets != 0) {
            throw tokens.unknown("a bracket that is not closed");
        }
        tokens.indent(0);
        tokens.add(Kind.END, "");
        return List.copyOf(tokens.tokens);
    }

    private void line(String line) throws ScriptRefusedException {
        int at = line.length() - line.stripLeading().length();
        if (openBrackets == 0) {
            indent(at);
        }
        while (at < line.length()) {
            int end = token(line, at);
            Token last = tokens.get(tokens.size() - 1);
            openBrackets += opens(last);
            at = end;
            while (at < line.length() && line.charAt(at) == ' ') {
                at++;
            }
            if (at == end && at < line.length() && last.kind != Kind.SYMBOL && isWord(line.charAt(at))) {
                // Such as the prefix of a string, or a number that continues as a name.
                throw unknown(line.substring(at));
            }
        }
        if (openBrackets == 0) {
            add(Kind.NEWLINE, "");
        }
    }

    /** Returns 1 for a bracket that opens, -1 for one that closes, else 0. */
    static int opens(Token token) {
        return token.kind != Kind.SYMBOL ? 0 : "([{".contains(token.text) ? 1 : ")]}".contains(token.text) ? -1 : 0;
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '"' || c == '\'';
    }

    /** Adds the token at a position, and returns its end. */
    private int token(String line, int at) throws ScriptRefusedException {
        char first = line.charAt(at);
        if (first == '"' || first == '\'') {
            int end = at + 1;
            while (end < line.length() && line.charAt(end) != first) {
                end += line.charAt(end) == '\\' ? 2 : 1;
            }
            if (end >= line.length() || (end == at + 1 && line.startsWith(String.valueOf(first), end + 1))) {
                throw unknown(line.substring(at));
            }
            add(Kind.STRING, line.substring(at + 1, end));
            return end + 1;
        }
        for (Kind kind : List.of(Kind.NAME, Kind.NUMBER, Kind.SYMBOL)) {
            Matcher next = (kind == Kind.NAME ? NAME : kind == Kind.NUMBER ? NUMBER : SYMBOL).matcher(line);
            if (next.region(at, line.length()).lookingAt()) {
                add(kind, next.group());
                return next.end();
            }
        }
        throw unknown(line.substring(at));
    }

    private void indent(int spaces) throws ScriptRefusedException {
        if (spaces > indents.getFirst()) {
            indents.push(spaces);
            add(Kind.INDENT, "");
        }
        while (spaces < indents.getFirst()) {
            indents.pop();
            add(Kind.DEDENT, "");
        }
        if (spaces != indents.getFirst()) {
            throw unknown("indentation");
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, number));
    }

    private ScriptRefusedException unknown(String what) {
        return ScriptRefusedException.unknown(file + " line " + number, what);
    }
}
