package org.dietsb.helm;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds unknown fields in models of fabric8 and Strimzi, which keep them as additional properties. */
final class UnknownFields {
    private UnknownFields() {}

    /**
     * Checks an object and all objects reachable from it.
     *
     * @throws IllegalArgumentException naming the unknown fields and the class, or reporting an unknown constant
     */
    static void reject(@Nullable Object read) {
        if (read instanceof Map<?, ?> map) {
            map.values().forEach(UnknownFields::reject);
        } else if (read instanceof Iterable<?> items) {
            for (Object item : items) {
                if (item == null) {
                    // These models represent an unknown constant in this way.
                    throw new IllegalArgumentException("an unknown constant in a list");
                }
                reject(item);
            }
        } else if (read != null && !(read instanceof Enum) && isModel(read.getClass())) {
            rejectModel(read);
        }
    }

    private static boolean isModel(Class<?> type) {
        // The records here reject unknown fields themselves, but contain such models.
        return type.getName().startsWith("io.fabric8.") || type.getName().startsWith("io.strimzi.") || type.isRecord();
    }

    private static void rejectModel(Object model) {
        try {
            Map<?, ?> unknown = additional(model);
            if (unknown != null && !unknown.isEmpty()) {
                throw new IllegalArgumentException("unknown " + unknown.keySet() + " of "
                        + model.getClass().getSimpleName());
            }
            for (Class<?> type = model.getClass(); isModel(type); type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())) {
                        field.setAccessible(true);
                        reject(field.get(model));
                    }
                }
            }
        } catch (ReflectiveOperationException unreadable) {
            throw new IllegalStateException(unreadable);
        }
    }

    private static @Nullable Map<?, ?> additional(Object model)
            throws IllegalAccessException, InvocationTargetException {
        try {
            Method method = model.getClass().getMethod("getAdditionalProperties");
            return (Map<?, ?>) method.invoke(model);
        } catch (NoSuchMethodException closed) {
            return null;
        }
    }
}
