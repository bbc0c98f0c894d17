package org.dietsb.helm;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1Pod;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import io.kubernetes.client.openapi.models.V1StatefulSet;
import io.kubernetes.client.openapi.models.V2HorizontalPodAutoscaler;
import io.strimzi.api.kafka.model.kafka.Kafka;
import io.strimzi.api.kafka.model.nodepool.KafkaNodePool;
import io.strimzi.api.kafka.model.topic.KafkaTopic;
import io.strimzi.api.kafka.model.user.KafkaUser;
import java.io.IOException;
import java.util.Map;

/** Checks manifests against the models of their kinds. An unknown field at any depth is an error. */
final class Models {
    /** A check that throws on unknown fields. */
    private interface Check {
        void validate(JsonNode manifest) throws IOException;
    }

    private interface KubernetesCheck {
        void validate(JsonElement manifest) throws IOException;
    }

    private static final Map<String, Check> CHECKS = Map.ofEntries(
            kubernetes("v1/ServiceAccount", V1ServiceAccount::validateJsonElement, V1ServiceAccount.class),
            kubernetes("v1/Service", V1Service::validateJsonElement, V1Service.class),
            kubernetes("v1/ConfigMap", V1ConfigMap::validateJsonElement, V1ConfigMap.class),
            kubernetes("v1/Pod", V1Pod::validateJsonElement, V1Pod.class),
            kubernetes(
                    "v1/PersistentVolumeClaim",
                    V1PersistentVolumeClaim::validateJsonElement,
                    V1PersistentVolumeClaim.class),
            kubernetes("apps/v1/StatefulSet", V1StatefulSet::validateJsonElement, V1StatefulSet.class),
            kubernetes("apps/v1/Deployment", V1Deployment::validateJsonElement, V1Deployment.class),
            kubernetes(
                    "policy/v1/PodDisruptionBudget",
                    V1PodDisruptionBudget::validateJsonElement,
                    V1PodDisruptionBudget.class),
            kubernetes(
                    "autoscaling/v2/HorizontalPodAutoscaler",
                    V2HorizontalPodAutoscaler::validateJsonElement,
                    V2HorizontalPodAutoscaler.class),
            kubernetes(
                    "networking.k8s.io/v1/NetworkPolicy", V1NetworkPolicy::validateJsonElement, V1NetworkPolicy.class),
            custom("monitoring.coreos.com/v1/ServiceMonitor", ServiceMonitor.class),
            custom("monitoring.coreos.com/v1/PrometheusRule", PrometheusRule.class),
            custom("kafka.strimzi.io/v1/Kafka", Kafka.class),
            custom("kafka.strimzi.io/v1/KafkaNodePool", KafkaNodePool.class),
            custom("kafka.strimzi.io/v1/KafkaTopic", KafkaTopic.class),
            custom("kafka.strimzi.io/v1/KafkaUser", KafkaUser.class),
            kubernetes("batch/v1/Job", V1Job::validateJsonElement, V1Job.class),
            custom("trainer.kubeflow.org/v1alpha1/TrainJob", TrainJob.class),
            custom("resource.k8s.io/v1/ResourceClaimTemplate", ResourceClaimTemplate.class),
            custom("keda.sh/v1alpha1/ScaledObject", ScaledObject.class));

    private Models() {}

    /**
     * Checks a manifest.
     *
     * @throws AssertionError naming the invalid manifest and the reason
     */
    static void validate(JsonNode manifest) {
        String kind = manifest.path("apiVersion").asText() + "/"
                + manifest.path("kind").asText();
        Check check = CHECKS.get(kind);
        if (check == null) {
            throw new AssertionError(kind + " " + Rendered.name(manifest) + ": has no model");
        }
        try {
            check.validate(manifest);
        } catch (IOException | RuntimeException wrong) {
            throw new AssertionError(kind + " " + Rendered.name(manifest) + ": " + wrong.getMessage(), wrong);
        }
    }

    /** Checks first known and required fields, then values: numbers, quantities, enumerations. */
    private static Map.Entry<String, Check> kubernetes(String kind, KubernetesCheck check, Class<?> model) {
        return Map.entry(kind, manifest -> {
            String json = manifest.toString();
            check.validate(JsonParser.parseString(json));
            var unused = JSON.getGson().fromJson(json, model);
        });
    }

    /** These models keep unknown fields, so the check searches the parsed objects for them. */
    private static Map.Entry<String, Check> custom(String kind, Class<?> model) {
        return Map.entry(kind, manifest -> {
            Object read = Project.JSON
                    .readerFor(model)
                    .with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .readValue(manifest);
            UnknownFields.reject(read);
        });
    }
}
