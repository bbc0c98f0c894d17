package org.dietsb.launcher.system;

import java.util.ArrayList;
import java.util.List;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a system in a Kubernetes cluster is: kubectl forwards its ports to this machine, and reads its token. */
@Heading("System in a Kubernetes cluster")
public final class Cluster implements Checked {
    @Option(
            names = "--context",
            paramLabel = "CONTEXT",
            description =
                    "use a system that was installed with Helm, through kubectl and this context of the kubeconfig;"
                            + " default: the current context if --namespace or --release is given")
    @Nullable
    String context;

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            description = "namespace of that system; default: that of the context")
    @Nullable
    String namespace;

    @Option(
            names = "--release",
            paramLabel = "RELEASE",
            description = "its Helm release; default: the only one of the namespace")
    @Nullable
    String release;

    /** Whether a cluster is named. */
    public boolean isNamed() {
        return !options().isEmpty();
    }

    /** Returns these options, or another's that are not given here. */
    Cluster or(Cluster other) {
        Cluster both = new Cluster();
        both.context = context == null ? other.context : context;
        both.namespace = namespace == null ? other.namespace : namespace;
        both.release = release == null ? other.release : release;
        return both;
    }

    /** Returns the options as given, to be repeated in the next command. */
    List<String> options() {
        List<String> options = place("--context ", "--namespace ");
        if (release != null) {
            options.add("--release " + release);
        }
        return options;
    }

    private List<String> place(String ofContext, String ofNamespace) {
        List<String> options = new ArrayList<>();
        if (context != null) {
            options.add(ofContext + context);
        }
        if (namespace != null) {
            options.add(ofNamespace + namespace);
        }
        return options;
    }

    /** Finds the release. */
    Release find() {
        return Release.find(new Kubectl(place("--context=", "--namespace=")), release);
    }

    /** Notes empty values, which kubectl takes for the default. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(context == null || !context.isBlank(), "--context is empty, allowed is a context's name");
        mistakes.unless(
                namespace == null || !namespace.isBlank(), "--namespace is empty, allowed is a namespace's name");
        mistakes.unless(release == null || !release.isBlank(), "--release is empty, allowed is a release's name");
    }
}
