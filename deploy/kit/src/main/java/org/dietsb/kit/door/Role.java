package org.dietsb.kit.door;

/** Roles that a token grants, named as in the configuration and in OpenID Connect tokens. */
public final class Role {
    /** Grants reading. */
    public static final String READER = "dietsb-reader";
    /** Grants reading and writing. */
    public static final String WRITER = "dietsb-writer";

    private Role() {}
}
