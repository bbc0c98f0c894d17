package org.dietsb.kit.stop;

import java.lang.reflect.Proxy;

/** SIGTERM of this process. The class of the JDK for it is not part of Java SE, so it is used by reflection, as Kafka's clients do. */
final class TermSignal {
    private TermSignal() {}

    /**
     * Runs an action at each SIGTERM from now on, in place of the JVM's own, which exits with code 143.
     *
     * @throws ReflectiveOperationException if this JVM has no signals, or leaves them to somebody else ({@code -Xrs})
     */
    static void handle(Runnable action) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object runs = Proxy.newProxyInstance(
                TermSignal.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        action.run();
                    }
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("TERM"), runs);
    }
}
