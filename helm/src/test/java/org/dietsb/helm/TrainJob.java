package org.dietsb.helm;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a TrainJob of trainer.kubeflow.org/v1alpha1 from Kubeflow Trainer 2.2 on, according to its resource definition
 * (manifests/base/crds/trainer.kubeflow.org_trainjobs.yaml of its repository), without its status and its initializers. No Java
 * model is published.
 */
record TrainJob(
        @JsonProperty(required = true) String apiVersion,
        @JsonProperty(required = true) String kind,
        @JsonProperty(required = true) ObjectMeta metadata,
        @JsonProperty(required = true) Spec spec) {

    record Spec(
            @Nullable Long activeDeadlineSeconds,
            @Nullable String managedBy,
            @JsonProperty(required = true) RuntimeRef runtimeRef,
            @Nullable List<RuntimePatch> runtimePatches,
            @Nullable Boolean suspend,
            @Nullable Trainer trainer) {

        Spec {
            Objects.requireNonNull(runtimeRef, "runtimeRef is missing");
        }
    }

    record RuntimeRef(
            @Nullable String apiGroup,
            @Nullable String kind,
            @JsonProperty(required = true) String name) {

        RuntimeRef {
            Objects.requireNonNull(name, "runtimeRef.name is missing");
        }
    }

    record Trainer(
            @Nullable List<String> args,
            @Nullable List<String> command,
            @Nullable List<EnvVar> env,
            @Nullable String image,
            @Nullable Integer numNodes,
            @Nullable Integer numProcPerNode,
            @Nullable ResourceRequirements resourcesPerNode) {}

    record RuntimePatch(
            @JsonProperty(required = true) String manager,
            @Nullable String time,
            @Nullable RuntimeSpec trainingRuntimeSpec) {

        RuntimePatch {
            Objects.requireNonNull(manager, "manager is missing");
        }
    }

    record RuntimeSpec(@Nullable JobSetTemplate template) {}

    record JobSetTemplate(
            @Nullable ObjectMeta metadata, @Nullable JobSetSpec spec) {}

    record JobSetSpec(@Nullable List<ReplicatedJob> replicatedJobs) {}

    record ReplicatedJob(
            @JsonProperty(required = true) String name,
            @Nullable JobTemplate template) {

        ReplicatedJob {
            Objects.requireNonNull(name, "replicatedJobs.name is missing");
        }
    }

    record JobTemplate(
            @Nullable ObjectMeta metadata, @Nullable JobSpec spec) {}

    record JobSpec(@Nullable PodTemplate template) {}

    /** Its specification may be patched in a part of its fields only. */
    record PodTemplate(
            @Nullable ObjectMeta metadata, @Nullable PodSpec spec) {}
}
