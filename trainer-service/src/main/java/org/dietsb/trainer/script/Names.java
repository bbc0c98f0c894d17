package org.dietsb.trainer.script;

import java.util.Set;
import java.util.regex.Pattern;
import org.dietsb.trainer.script.Declared.Value;
import org.dietsb.trainer.script.Tokens.Kind;

/**
 * Checks names: an operator must be allowed, any other name declared. An operator is reached as {@code torch.NAME}, as
 * {@code ops.NAMESPACE.NAME}, by a name such as {@code print}, or as a method of a value whose class does not declare it.
 */
final class Names {
    private static final Set<String> TYPES = Set.of(
            "Tensor int float bool str complex number Scalar NoneType None Device List Dict Optional Tuple Final Any Union"
                    .split(" "));
    private static final Pattern CONSTANT = Pattern.compile("CONSTANTS\\.c[0-9]+");

    private final Cursor cursor;
    private final Declared declared;

    Names(Cursor cursor, Declared declared) {
        this.cursor = cursor;
        this.declared = declared;
    }

    /** Checks a member of a value. */
    Value member(Value of, String name) throws ScriptRefusedException {
        if (of instanceof Value.Path path) {
            return resolved(path.name() + "." + name);
        }
        if (of instanceof Value.Type type && name.equals("__new__")) {
            return new Value.Callable(new Value.Instance(type.name()));
        }
        if (of instanceof Value.Type type && Value.PLAIN.equals(declared.member(type.name(), name))) {
            // Of an enumeration.
            return Value.PLAIN;
        }
        if (of instanceof Value.Instance object) {
            Value member = declared.member(object.type(), name);
            if (member != null) {
                return member;
            }
        } else if (!(of instanceof Value.Plain)) {
            throw cursor.unknown(name);
        }
        if (Operators.isAllowed("field", name)) {
            return Value.PLAIN;
        }
        requireAllowed("aten", name, "aten::" + name);
        return new Value.Callable(Value.PLAIN);
    }

    private Value resolved(String name) throws ScriptRefusedException {
        String[] parts = name.split("\\.", 3);
        switch (parts[0]) {
            case "torch" -> {
                requireAllowed("aten", parts[1], "aten::" + parts[1]);
                return new Value.Callable(Value.PLAIN);
            }
            case "ops" -> {
                if (parts.length == 2) {
                    return new Value.Path(name);
                }
                requireAllowed(parts[1], parts[2], parts[1] + "::" + parts[2]);
                return new Value.Callable(Value.PLAIN);
            }
            case "__torch__" -> {
                Value function = declared.function(name);
                if (function != null) {
                    return function;
                }
                if (declared.isClass(name)) {
                    return new Value.Type(name);
                }
                if (declared.isPrefix(name)) {
                    return new Value.Path(name);
                }
            }
            default -> {
                if (CONSTANT.matcher(name).matches()) {
                    return Value.PLAIN;
                }
            }
        }
        throw cursor.unknown(name);
    }

    static void requireAllowed(String namespace, String name, String operator) throws ScriptRefusedException {
        if (!Operators.isAllowed(namespace, name)) {
            throw ScriptRefusedException.operator(operator);
        }
    }

    /** Checks a type; returns what is known of its values. */
    Value type() throws ScriptRefusedException {
        cursor.enter();
        StringBuilder name = new StringBuilder(cursor.expect(Kind.NAME));
        while (cursor.accepts(".")) {
            name.append('.').append(cursor.expect(Kind.NAME));
        }
        String qualified = name.toString();
        Value value = Value.PLAIN;
        if (qualified.startsWith("__torch__.")) {
            value = new Value.Instance(qualified);
            declared.require(qualified, cursor);
        } else if (!TYPES.contains(qualified)) {
            throw cursor.unknown(qualified);
        }
        if (cursor.accepts("[")) {
            Value last = Value.PLAIN;
            do {
                if (cursor.accepts("(")) {
                    cursor.expect(")");
                } else {
                    last = type();
                }
            } while (cursor.accepts(","));
            cursor.expect("]");
            value = qualified.equals("Final") ? last : Value.PLAIN;
        }
        cursor.leave();
        return value;
    }
}
