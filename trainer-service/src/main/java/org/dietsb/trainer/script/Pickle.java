package org.dietsb.trainer.script;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;

/**
 * Checks the attributes of a script. It reads the instructions that libtorch writes, without building the objects: each class or
 * function that a pickle names must be one that holds tensors or lists, or be declared by the code of the script.
 */
final class Pickle {
    private static final Map<String, Set<String>> ALLOWED = Map.of(
            "torch.jit._pickle",
            Set.of("build_intlist", "build_tensorlist", "build_doublelist", "build_boollist", "restore_type_tag"),
            "torch._utils",
            Set.of("_rebuild_tensor_v2"),
            "torch",
            Set.of(
                    "FloatStorage",
                    "DoubleStorage",
                    "HalfStorage",
                    "BFloat16Storage",
                    "LongStorage",
                    "IntStorage",
                    "ShortStorage",
                    "CharStorage",
                    "ByteStorage",
                    "BoolStorage",
                    "device"),
            "collections",
            Set.of("OrderedDict"));

    private Pickle() {}

    static void check(String file, byte[] content, Declared declared) throws ScriptRefusedException {
        ByteBuffer pickle = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        try {
            while (true) {
                int instruction = pickle.get() & 0xFF;
                switch (instruction) {
                    case '.' -> {
                        return;
                    }
                    // Marks, empty collections, None, True, False, tuples, what fills and builds objects.
                    case '(',
                            ')',
                            ']',
                            '}',
                            'N',
                            0x88,
                            0x89,
                            't',
                            0x85,
                            0x86,
                            0x87,
                            'a',
                            'e',
                            's',
                            'u',
                            'Q',
                            'R',
                            'b',
                            0x81 -> {}
                    case 0x80, 'K', 'q', 'h' -> skip(pickle, 1);
                    case 'M' -> skip(pickle, 2);
                    case 'J', 'r', 'j' -> skip(pickle, 4);
                    case 'G' -> skip(pickle, 8);
                    case 0x8a -> skip(pickle, pickle.get() & 0xFF);
                    case 'X' -> skip(pickle, pickle.getInt());
                    case 'c' -> require(file, line(pickle), line(pickle), declared);
                    default -> throw ScriptRefusedException.unknown(file, "instruction " + instruction);
                }
            }
        } catch (BufferUnderflowException early) {
            throw ScriptRefusedException.unknown(file, "its end");
        }
    }

    private static void skip(ByteBuffer pickle, int count) {
        if (count < 0 || count > pickle.remaining()) {
            throw new BufferUnderflowException();
        }
        pickle.position(pickle.position() + count);
    }

    private static String line(ByteBuffer pickle) {
        StringBuilder line = new StringBuilder();
        for (int next = pickle.get(); next != '\n'; next = pickle.get()) {
            line.append((char) (next & 0xFF));
        }
        return line.toString();
    }

    private static void require(String file, String module, String name, Declared declared)
            throws ScriptRefusedException {
        if (!ALLOWED.getOrDefault(module, Set.of()).contains(name) && !declared.isClass(module + "." + name)) {
            throw ScriptRefusedException.unknown(file, module + "." + name);
        }
    }
}
