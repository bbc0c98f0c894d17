package org.dietsb.trainer.script;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.dietsb.trainer.script.Declared.Value;
import org.dietsb.trainer.script.Tokens.Kind;
import org.dietsb.trainer.script.Tokens.Token;

/** Checks the expressions of a function, and follows which values are objects of declared classes. */
final class Expressions {
    private static final Set<String> ROOTS = Set.of("torch", "ops", "CONSTANTS", "__torch__");
    private static final Set<String> CONSTANTS = Set.of("True", "False", "None", "inf", "nan", "infj", "nanj");

    private static final Set<String> BINARY =
            Set.of("or and in is == != < > <= >= | ^ & << >> + - * / // % @ **".split(" "));
    private static final Set<String> PREFIXES = Set.of("not", "-", "+", "~");
    private static final Pattern DEVICE = Pattern.compile("(cuda|hip|xpu|mps)(:[0-9]+)?");

    private final Cursor cursor;
    private final Names names;
    private final Map<String, Value> variables = new HashMap<>();
    private final Set<String> devices = new HashSet<>();

    Expressions(Cursor cursor, Declared declared) {
        this.cursor = cursor;
        this.names = new Names(cursor, declared);
    }

    /** Returns the accelerators that were named so far, such as {@code cuda:0}. */
    Set<String> devices() {
        return devices;
    }

    Value type() throws ScriptRefusedException {
        return names.type();
    }

    void beginFunction() {
        variables.clear();
    }

    boolean hasVariables() {
        return !variables.isEmpty();
    }

    /** Sets a variable. One that is now an object and then something else would mislead the check. */
    void assign(String name, Value value) throws ScriptRefusedException {
        Value before = variables.put(name, value);
        if (ROOTS.contains(name)
                || CONSTANTS.contains(name)
                || Operators.isAllowed("form", name)
                || (before != null && !before.equals(value))) {
            throw cursor.unknown("variable " + name);
        }
    }

    /** Checks expressions that commas separate; returns the value of a single one. */
    Value list() throws ScriptRefusedException {
        cursor.accepts("*");
        Value value = one();
        while (cursor.accepts(",")) {
            value = Value.PLAIN;
            if (cursor.isNext(Kind.NEWLINE) || cursor.isNext(")") || cursor.isNext("]") || cursor.isNext("=")) {
                break;
            }
            cursor.accepts("*");
            one();
        }
        return value;
    }

    Value one() throws ScriptRefusedException {
        cursor.enter();
        Value value = operand();
        while (isOneOf(BINARY)) {
            cursor.take();
            operand();
            value = Value.PLAIN;
        }
        if (cursor.accepts("if")) {
            one();
            cursor.expect("else");
            one();
            value = Value.PLAIN;
        }
        cursor.leave();
        return value;
    }

    private boolean isOneOf(Set<String> words) {
        return words.contains(cursor.next().text()) && !cursor.isNext(Kind.STRING);
    }

    private Value operand() throws ScriptRefusedException {
        boolean changed = false;
        while (isOneOf(PREFIXES)) {
            cursor.take();
            changed = true;
        }
        Value value = value();
        if (value instanceof Value.Path) {
            throw cursor.unknown();
        }
        return changed ? Value.PLAIN : value;
    }

    /** Checks an atom with its members, calls and subscripts. */
    private Value value() throws ScriptRefusedException {
        cursor.enter();
        Value value = atom();
        while (true) {
            if (cursor.accepts(".")) {
                value = names.member(value, cursor.expect(Kind.NAME));
            } else if (cursor.accepts("(")) {
                value = called(value);
            } else if (cursor.accepts("[")) {
                while (!cursor.accepts("]")) {
                    if (!cursor.accepts(":") && !cursor.accepts(",")) {
                        one();
                    }
                }
                value = subscripted(value);
            } else {
                cursor.leave();
                return value;
            }
        }
    }

    private Value subscripted(Value value) throws ScriptRefusedException {
        if (value instanceof Value.Path || value instanceof Value.Type || value instanceof Value.Callable) {
            throw cursor.unknown();
        }
        return Value.PLAIN;
    }

    private Value atom() throws ScriptRefusedException {
        Token token = cursor.take();
        switch (token.kind()) {
            case NUMBER -> {
                return Value.PLAIN;
            }
            case STRING -> {
                if (DEVICE.matcher(token.text()).matches()) {
                    devices.add(token.text());
                }
                return Value.PLAIN;
            }
            case NAME -> {
                return named(token);
            }
            default -> {
                if (token.is("(")) {
                    Value inner = cursor.isNext(")") ? Value.PLAIN : list();
                    cursor.expect(")");
                    return inner;
                }
                if (!token.is("[") && !token.is("{")) {
                    throw cursor.unknown(token.text());
                }
                collection(token.is("{"));
                return Value.PLAIN;
            }
        }
    }

    private void collection(boolean dictionary) throws ScriptRefusedException {
        String end = dictionary ? "}" : "]";
        while (!cursor.accepts(end)) {
            one();
            if (dictionary) {
                cursor.expect(":");
                one();
            }
            if (!cursor.isNext(end)) {
                cursor.expect(",");
            }
        }
    }

    private Value named(Token token) throws ScriptRefusedException {
        String name = token.text();
        if (CONSTANTS.contains(name)) {
            return Value.PLAIN;
        }
        if (ROOTS.contains(name)) {
            return new Value.Path(name);
        }
        if (Operators.isAllowed("form", name)) {
            cursor.expect("(");
            Value value = form(name);
            cursor.accepts(",");
            cursor.expect(")");
            return value;
        }
        Value variable = variables.get(name);
        if (variable != null) {
            return variable;
        }
        Names.requireAllowed("function", name, name);
        return new Value.Callable(Value.PLAIN);
    }

    /** Checks the arguments of a form that is no function. */
    private Value form(String name) throws ScriptRefusedException {
        switch (name) {
            case "annotate", "unchecked_cast" -> {
                Value type = names.type();
                cursor.expect(",");
                one();
                return type;
            }
            case "uninitialized" -> {
                return names.type();
            }
            case "isinstance" -> {
                one();
                cursor.expect(",");
                boolean several = cursor.accepts("[") || cursor.accepts("(");
                do {
                    names.type();
                } while (several && cursor.accepts(",") && !cursor.isNext("]") && !cursor.isNext(")"));
                if (several && !cursor.accepts("]")) {
                    cursor.expect(")");
                }
                return Value.PLAIN;
            }
            default -> {
                // getattr(OBJECT, "NAME") is OBJECT.NAME, for names that Python does not allow there.
                Value of = value();
                cursor.expect(",");
                String member = cursor.expect(Kind.STRING);
                if (member.contains("\\")) {
                    throw cursor.unknown(member);
                }
                return names.member(of, member);
            }
        }
    }

    private Value called(Value function) throws ScriptRefusedException {
        while (!cursor.accepts(")")) {
            if (cursor.isArgumentName()) {
                cursor.skip(2);
            }
            cursor.accepts("*");
            one();
            if (!cursor.isNext(")")) {
                cursor.expect(",");
            }
        }
        if (function instanceof Value.Callable callable) {
            return callable.result();
        }
        if (function instanceof Value.Type type) {
            return new Value.Instance(type.name());
        }
        if (function instanceof Value.Instance) {
            return Value.PLAIN;
        }
        throw cursor.unknown();
    }
}
