package org.dietsb.trainer.script;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes and functions that the code of a script declares, by their qualified names. */
final class Declared {
    /** What is known of an expression before the script runs. */
    sealed interface Value {
        Value PLAIN = new Plain();

        /** A value of a built-in type, such as a tensor. */
        record Plain() implements Value {}

        /** An object of a declared class. */
        record Instance(String type) implements Value {}

        /** A declared class itself. */
        record Type(String name) implements Value {}

        /** A function, method or operator that was checked; it can only be called. */
        record Callable(Value result) implements Value {}

        /** The beginning of a dotted name. */
        record Path(String name) implements Value {}
    }

    private final Map<String, Map<String, Value>> classes = new HashMap<>();
    private final Map<String, Value> functions = new HashMap<>();
    private final Set<String> prefixes = new HashSet<>();
    private boolean complete;

    /** Notes that all files are declared: from here on, a name is declared or unknown. */
    void complete() {
        complete = true;
    }

    boolean isComplete() {
        return complete;
    }

    void declareClass(String name, Cursor cursor) throws ScriptRefusedException {
        requireNew(name, cursor);
        classes.put(name, new HashMap<>());
    }

    void declareFunction(String name, Value function, Cursor cursor) throws ScriptRefusedException {
        requireNew(name, cursor);
        functions.put(name, function);
    }

    /** Rejects a name that is declared twice: libtorch might mean the other one. */
    private void requireNew(String name, Cursor cursor) throws ScriptRefusedException {
        if (classes.containsKey(name) || functions.containsKey(name)) {
            throw cursor.unknown(name);
        }
        for (int dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
            prefixes.add(name.substring(0, dot));
        }
    }

    /** Declares an attribute, or a method as a callable. */
    void declareMember(String type, String name, Value value, Cursor cursor) throws ScriptRefusedException {
        Map<String, Value> members = classes.get(type);
        if (members == null || members.put(name, value) != null) {
            throw cursor.unknown(name);
        }
    }

    boolean isClass(String name) {
        return classes.containsKey(name);
    }

    /** Rejects a class that is not declared. */
    void require(String name, Cursor cursor) throws ScriptRefusedException {
        if (complete && !isClass(name)) {
            throw cursor.unknown(name);
        }
    }

    @Nullable
    Value function(String name) {
        return functions.get(name);
    }

    /** Returns a member of the objects of a class; null if it does not declare it. */
    @Nullable
    Value member(String type, String name) {
        return classes.getOrDefault(type, Map.of()).get(name);
    }

    /** Whether a declared name begins with this one. */
    boolean isPrefix(String name) {
        return prefixes.contains(name);
    }
}
