package org.dietsb.launcher.text;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.dietsb.contracts.policy.PolicyField;

/** The field of a policy that an option sets: help texts and refusals are made from it. */
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface OfPolicy {
    PolicyField value();
}
