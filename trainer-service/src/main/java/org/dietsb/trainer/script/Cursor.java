package org.dietsb.trainer.script;

import java.util.List;
import java.util.Set;
import org.dietsb.trainer.script.Tokens.Kind;
import org.dietsb.trainer.script.Tokens.Token;

/** A position among the tokens of a file. */
final class Cursor {
    private static final int DEEPEST = 200;

    private final String file;
    private final List<Token> tokens;
    private int at;
    private int depth;

    Cursor(String file, List<Token> tokens) {
        this.file = file;
        this.tokens = tokens;
    }

    void rewind() {
        at = 0;
    }

    Token next() {
        return tokens.get(at);
    }

    Token take() {
        return tokens.get(Math.min(at++, tokens.size() - 1));
    }

    boolean isNext(Kind kind) {
        return next().kind() == kind;
    }

    boolean isNext(String word) {
        return next().is(word);
    }

    boolean accepts(Kind kind) {
        boolean accepted = isNext(kind);
        at += accepted ? 1 : 0;
        return accepted;
    }

    boolean accepts(String word) {
        boolean accepted = isNext(word);
        at += accepted ? 1 : 0;
        return accepted;
    }

    String expect(Kind kind) throws ScriptRefusedException {
        String text = next().text();
        if (!accepts(kind)) {
            throw unknown();
        }
        return text;
    }

    void expect(String word) throws ScriptRefusedException {
        if (!accepts(word)) {
            throw unknown();
        }
    }

    /** Returns the tokens before the next one of these at this level of brackets; all of the statement if there is none. */
    List<Token> before(Set<String> symbols) {
        int brackets = 0;
        int end = at;
        while (tokens.get(end).kind() != Kind.NEWLINE && tokens.get(end).kind() != Kind.END) {
            Token token = tokens.get(end);
            if (token.kind() == Kind.SYMBOL) {
                if (brackets == 0 && symbols.contains(token.text())) {
                    break;
                }
                brackets += Tokens.opens(token);
            }
            end++;
        }
        return tokens.subList(at, end);
    }

    /** Whether the next tokens are variables, behind which there is an equals sign. */
    boolean isAssignment(List<Token> targets) {
        return tokens.get(at + targets.size()).is("=")
                && targets.stream().allMatch(token -> token.kind() == Kind.NAME || token.is(",") || token.is("*"));
    }

    /** Whether the next tokens are the name of an argument and its equals sign. */
    boolean isArgumentName() {
        return isNext(Kind.NAME) && tokens.get(at + 1).is("=");
    }

    void skip(int count) {
        at += count;
    }

    /** Skips a block whose beginning was read. */
    void skipBlock() {
        for (int open = 1; open > 0; at++) {
            open += isNext(Kind.INDENT) ? 1 : isNext(Kind.DEDENT) ? -1 : 0;
        }
    }

    /** Enters a level of nesting. The recursion of this check and of libtorch is bounded by it. */
    void enter() throws ScriptRefusedException {
        if (++depth > DEEPEST) {
            throw unknown();
        }
    }

    void leave() {
        depth--;
    }

    ScriptRefusedException unknown() {
        return unknown(next().text());
    }

    ScriptRefusedException unknown(String what) {
        return ScriptRefusedException.unknown(file + " line " + next().line(), what);
    }
}
