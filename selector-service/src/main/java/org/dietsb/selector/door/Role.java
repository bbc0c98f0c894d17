package org.dietsb.selector.door;

/** What a token is good for; names as in application.properties and in tokens of OpenID Connect. */
public final class Role {
    public static final String READER = "dietsb-reader";
    /** May read, too. */
    public static final String WRITER = "dietsb-writer";

    private Role() {}
}
