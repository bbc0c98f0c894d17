package org.dietsb.helm;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a ScaledObject of keda.sh/v1alpha1, according to its resource definition
 * (config/crd/bases/keda.sh_scaledobjects.yaml of KEDA's repository), without its status. No Java model is published.
 */
record ScaledObject(
        @JsonProperty(required = true) String apiVersion,
        @JsonProperty(required = true) String kind,
        @JsonProperty(required = true) ObjectMeta metadata,
        @JsonProperty(required = true) Spec spec) {

    record Spec(
            @Nullable Advanced advanced,
            @Nullable Integer cooldownPeriod,
            @Nullable Integer initialCooldownPeriod,
            @Nullable Fallback fallback,
            @Nullable Integer idleReplicaCount,
            @Nullable Integer maxReplicaCount,
            @Nullable Integer minReplicaCount,
            @Nullable Integer pollingInterval,
            @JsonProperty(required = true) Target scaleTargetRef,
            @JsonProperty(required = true) List<Trigger> triggers) {

        Spec {
            Objects.requireNonNull(scaleTargetRef, "scaleTargetRef is missing");
            Objects.requireNonNull(triggers, "triggers is missing");
        }
    }

    record Target(
            @Nullable String apiVersion,
            @Nullable String kind,
            @JsonProperty(required = true) String name,
            @Nullable String envSourceContainerName) {

        Target {
            Objects.requireNonNull(name, "scaleTargetRef.name is missing");
        }
    }

    /** Metadata are always strings. */
    record Trigger(
            @JsonProperty(required = true) String type,
            @JsonProperty(required = true) Map<String, String> metadata,
            @Nullable String name,
            @Nullable String metricType,
            @Nullable Boolean useCachedMetrics,
            @Nullable Authentication authenticationRef) {

        Trigger {
            Objects.requireNonNull(type, "triggers.type is missing");
            Objects.requireNonNull(metadata, "triggers.metadata is missing");
            if (metricType != null
                    && !List.of("Value", "AverageValue", "Utilization").contains(metricType)) {
                throw new IllegalArgumentException("metricType is " + metricType);
            }
        }
    }

    record Authentication(
            @JsonProperty(required = true) String name,
            @Nullable String kind) {}

    record Fallback(int failureThreshold, int replicas) {}

    record Advanced(
            @Nullable AutoscalerConfig horizontalPodAutoscalerConfig,
            @Nullable Boolean restoreToOriginalReplicaCount) {}

    record AutoscalerConfig(@Nullable String name, @Nullable Behavior behavior) {}

    record Behavior(@Nullable Rules scaleDown, @Nullable Rules scaleUp) {}

    record Rules(
            @Nullable List<Policy> policies,
            @Nullable String selectPolicy,
            @Nullable Integer stabilizationWindowSeconds) {}

    record Policy(int periodSeconds, String type, int value) {}
}
