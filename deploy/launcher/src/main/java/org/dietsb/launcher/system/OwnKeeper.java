package org.dietsb.launcher.system;

import java.util.function.BooleanSupplier;
import org.dietsb.launcher.text.UserError;

/**
 * Waits for a service of this process's own system that died and is started again; before it is ready it does not know its runs yet.
 *
 * @param own the system
 * @param closed whether it is being stopped
 */
record OwnKeeper(OwnSystem own, BooleanSupplier closed) implements Keeper {
    private static final int MOST_SECONDS_AWAY = 120;
    private static final int MOST_SECONDS_AT_END = 10;

    @Override
    public void awaitReady(String name) {
        for (int tenths = 0; own.isReturning(name); tenths++) {
            own.mustBeAlive();
            if (tenths > 10 * (closed.getAsBoolean() ? MOST_SECONDS_AT_END : MOST_SECONDS_AWAY)) {
                throw new UserError("the " + name + " was started again and is not ready");
            }
            LocalSystem.pause(100);
        }
    }

    @Override
    public boolean mayComeBack(int failures) {
        if (closed.getAsBoolean() || failures > MOST_SECONDS_AWAY) {
            return false;
        }
        own.mustBeAlive();
        LocalSystem.pause(1_000);
        return true;
    }
}
