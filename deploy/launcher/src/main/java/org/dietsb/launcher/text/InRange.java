package org.dietsb.launcher.text;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The range of a numeric option. Values outside it are rejected before the command runs. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface InRange {
    /** The interval in the notation of {@link Interval#parse}; error messages quote it with any text that follows. */
    String value();

    /** Text that error messages show instead of {@link #value}. */
    String text() default "";
}
