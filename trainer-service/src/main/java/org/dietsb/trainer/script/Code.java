package org.dietsb.trainer.script;

import java.util.List;
import java.util.Set;
import org.dietsb.trainer.script.Declared.Value;
import org.dietsb.trainer.script.Tokens.Kind;
import org.dietsb.trainer.script.Tokens.Token;
import org.jspecify.annotations.Nullable;

/**
 * Checks a file of the code of a script: every operator is allowed, and every other name declared by the script. The grammar is the
 * part of Python that libtorch writes; anything else is rejected. All files are declared first, then each is checked.
 */
final class Code {
    private static final Set<String> ASSIGNMENTS = Set.of("=", "+=", "-=", "*=", "/=");

    private final String module;
    private final Cursor cursor;
    private final Declared declared;
    private final Expressions expressions;

    /** Splits a file, one character per byte, whose classes and functions are named after the module. */
    Code(String file, String module, String code, Declared declared) throws ScriptRefusedException {
        this.module = module;
        this.cursor = new Cursor(file, Tokens.of(file, code));
        this.declared = declared;
        this.expressions = new Expressions(cursor, declared);
    }

    /** Declares the classes and functions of the file, or checks them if all files are declared. */
    void read() throws ScriptRefusedException {
        cursor.rewind();
        while (!cursor.isNext(Kind.END)) {
            if (cursor.accepts("class")) {
                type(module + "." + cursor.expect(Kind.NAME));
            } else {
                function(null);
            }
        }
    }

    /** Returns the accelerators that the file names. */
    Set<String> devices() {
        return expressions.devices();
    }

    private void type(String name) throws ScriptRefusedException {
        if (!declared.isComplete()) {
            declared.declareClass(name, cursor);
        }
        if (cursor.accepts("(")) {
            cursor.accepts(Kind.NAME);
            cursor.expect(")");
        }
        cursor.expect(":");
        open();
        while (!cursor.accepts(Kind.DEDENT)) {
            if (cursor.isNext("def")) {
                function(name);
            } else {
                if (!cursor.accepts("pass")) {
                    attribute(name);
                }
                cursor.expect(Kind.NEWLINE);
            }
        }
        cursor.leave();
    }

    private void attribute(String type) throws ScriptRefusedException {
        String name = cursor.expect(Kind.NAME);
        boolean special = name.startsWith("__");
        Value value = Value.PLAIN;
        if (name.equals("__annotations__") && cursor.accepts("[")) {
            name = cursor.expect(Kind.STRING);
            special = false;
            cursor.expect("]");
            cursor.expect("=");
            value = expressions.type();
        } else if (cursor.accepts(":")) {
            value = expressions.type();
        }
        if (cursor.accepts("=")) {
            expressions.one();
        }
        if (!declared.isComplete() && !special) {
            declared.declareMember(type, name, value, cursor);
        }
    }

    /** Reads a function of the file, or a method of a class. */
    private void function(@Nullable String type) throws ScriptRefusedException {
        cursor.expect("def");
        String name = cursor.expect(Kind.NAME);
        expressions.beginFunction();
        cursor.expect("(");
        while (!cursor.accepts(")")) {
            cursor.accepts("*");
            Value value = type != null && !expressions.hasVariables() ? new Value.Instance(type) : Value.PLAIN;
            String parameter = cursor.expect(Kind.NAME);
            expressions.assign(parameter, cursor.accepts(":") ? expressions.type() : value);
            if (cursor.accepts("=")) {
                expressions.one();
            }
            if (!cursor.isNext(")")) {
                cursor.expect(",");
            }
        }
        Value.Callable callable = new Value.Callable(cursor.accepts("->") ? expressions.type() : Value.PLAIN);
        cursor.expect(":");
        if (declared.isComplete()) {
            block();
            return;
        }
        if (type == null) {
            declared.declareFunction(module + "." + name, callable, cursor);
        } else {
            declared.declareMember(type, name, callable, cursor);
        }
        open();
        cursor.skipBlock();
        cursor.leave();
    }

    private void open() throws ScriptRefusedException {
        cursor.expect(Kind.NEWLINE);
        cursor.expect(Kind.INDENT);
        cursor.enter();
    }

    private void block() throws ScriptRefusedException {
        open();
        while (!cursor.accepts(Kind.DEDENT)) {
            statement();
        }
        cursor.leave();
    }

    private void statement() throws ScriptRefusedException {
        if (cursor.accepts("if") || cursor.accepts("while")) {
            do {
                expressions.one();
                cursor.expect(":");
                block();
            } while (cursor.accepts("elif"));
            if (cursor.accepts("else")) {
                cursor.expect(":");
                block();
            }
        } else if (cursor.accepts("for")) {
            do {
                expressions.assign(cursor.expect(Kind.NAME), Value.PLAIN);
            } while (cursor.accepts(",") && !cursor.isNext("in"));
            cursor.expect("in");
            expressions.list();
            cursor.expect(":");
            block();
        } else if (cursor.accepts("with")) {
            expressions.one();
            if (cursor.accepts("as")) {
                expressions.assign(cursor.expect(Kind.NAME), Value.PLAIN);
            }
            cursor.expect(":");
            block();
        } else {
            if (!cursor.accepts("pass") && !cursor.accepts("break") && !cursor.accepts("continue")) {
                simple();
            }
            cursor.expect(Kind.NEWLINE);
        }
    }

    private void simple() throws ScriptRefusedException {
        if (cursor.accepts("return") || cursor.accepts("assert") || cursor.accepts("raise")) {
            if (!cursor.isNext(Kind.NEWLINE)) {
                expressions.list();
            }
            return;
        }
        List<Token> targets = cursor.before(ASSIGNMENTS);
        if (targets.size() > 1
                && targets.get(0).kind() == Kind.NAME
                && targets.get(1).is(":")) {
            String name = cursor.expect(Kind.NAME);
            cursor.expect(":");
            expressions.assign(name, expressions.type());
            cursor.expect("=");
        } else if (cursor.isAssignment(targets)) {
            cursor.skip(targets.size() + 1);
            Value value = expressions.list();
            for (Token target : targets) {
                if (target.kind() == Kind.NAME) {
                    expressions.assign(target.text(), targets.size() == 1 ? value : Value.PLAIN);
                }
            }
            return;
        }
        // What is called, or an attribute, an item or a variable that is changed.
        expressions.list();
        if (ASSIGNMENTS.stream().anyMatch(cursor::accepts)) {
            expressions.list();
        }
    }
}
