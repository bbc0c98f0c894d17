package org.dietsb.helm;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds fields that the models of fabric8 and Strimzi do not know, and keep as additional properties. */
final class UnknownFields {
    private UnknownFields() {}

    /**
     * Checks a model and everything below it.
     *
     * @throws IllegalArgumentException naming the unknown fields and their class, or an unknown constant
     */
    static void refuse(@Nullable Object read) {
        if (read instanceof Map<?, ?> map) {
            map.values().forEach(UnknownFields::refuse);
        } else if (read instanceof Iterable<?> items) {
            for (Object item : items) {
                if (item == null) {
                    // These models turn unknown constants into null.
                    throw new IllegalArgumentException("an unknown constant in a list");
                }
                refuse(item);
            }
        } else if (read != null && !(read instanceof Enum) && isModel(read.getClass())) {
            refuseModel(read);
        }
    }

    private static boolean isModel(Class<?> type) {
        return type.getName().startsWith("io.fabric8.") || type.getName().startsWith("io.strimzi.");
    }

    private static void refuseModel(Object model) {
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
                        refuse(field.get(model));
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
