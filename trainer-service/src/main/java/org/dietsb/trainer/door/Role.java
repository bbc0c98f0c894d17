package org.dietsb.trainer.door;

/** What a token is good for; names as in application.properties and in tokens of OpenID Connect. */
final class Role {
    static final String READER = "dietsb-reader";
    /** May read, too. */
    static final String WRITER = "dietsb-writer";

    private Role() {}
}
