package org.dietsb.launcher.system;

import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The system that a command uses: one on this machine, or one in a cluster. */
public final class Target implements Checked {
    @Mixin
    Ports ports = new Ports();

    @Mixin
    Cluster cluster = new Cluster();

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /** Returns the cluster that is named after the command or before it; it names nothing if the system is on this machine. */
    Cluster cluster() {
        CommandSpec parent = command == null ? null : command.parent();
        return parent == null ? cluster : cluster.or(ofMixins(parent, Cluster.class, new Cluster()));
    }

    /** Whether the system is in a cluster, whose pods do not see the files of this machine. */
    public boolean isCluster() {
        return cluster().isNamed();
    }

    /** Whether this command uses a system in a cluster. */
    public static boolean isClusterOf(@Nullable CommandSpec command) {
        return command != null && ofMixins(command, Target.class, new Target()).isCluster();
    }

    /** Whether this command can use a system in a cluster. */
    public static boolean isIn(CommandSpec command) {
        return mixed(command).anyMatch(Target.class::isInstance);
    }

    private static Stream<Object> mixed(CommandSpec command) {
        return command.mixins().values().stream().map(CommandSpec::userObject).filter(Objects::nonNull);
    }

    private static <T> T ofMixins(CommandSpec command, Class<T> type, T none) {
        return mixed(command)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(none);
    }

    /** Returns the options of the cluster, each after a space, to be repeated in the next command; empty if there is none. */
    public String words() {
        return isCluster() ? " " + String.join(" ", cluster().options()) : "";
    }

    /** Notes ports beside a cluster. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                !isCluster() || ports.byOption().equals(new Ports().byOption()),
                "--context, --namespace and --release exclude the options of ports: the chart knows these");
    }
}
