package org.dietsb.kit.door;

/**
 * The access settings of one service. Each service produces one.
 *
 * @param prefix prefix of the settings' names, such as {@code dietsb.selector}; messages name settings by it
 */
public record Access(String prefix, DoorConfig config) {
    String tokenName() {
        return prefix + ".token";
    }

    String readerTokenName() {
        return prefix + ".reader-token";
    }
}
