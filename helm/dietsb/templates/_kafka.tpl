{{- /* Address of Kafka and how the services connect to it. */ -}}

{{- define "dietsb.clusterName" -}}
{{- default (printf "%s-kafka" (include "dietsb.fullname" .)) .Values.strimzi.clusterName -}}
{{- end -}}

{{- define "dietsb.bootstrapServers" -}}
{{- if .Values.kafka.bootstrapServers -}}
{{- .Values.kafka.bootstrapServers -}}
{{- else if .Values.strimzi.cluster.create -}}
{{- printf "%s-kafka-bootstrap.%s.svc:9093" (include "dietsb.clusterName" .) (include "dietsb.namespace" .) -}}
{{- else -}}
{{- required "kafka.bootstrapServers is empty: set it, such as --set kafka.bootstrapServers=kafka.kafka.svc:9092, or create a cluster with Strimzi by strimzi.cluster.create=true" "" -}}
{{- end -}}
{{- end -}}

{{- define "dietsb.kafkaTls" -}}
{{- if or .Values.kafka.tls.enabled .Values.strimzi.cluster.create }}true{{ end -}}
{{- end -}}

{{- define "dietsb.strimziUsers" -}}
{{- if or .Values.strimzi.users.create .Values.strimzi.cluster.create }}true{{ end -}}
{{- end -}}

{{- define "dietsb.kafkaSasl" -}}
{{- if or .Values.kafka.sasl.enabled (include "dietsb.strimziUsers" .) }}true{{ end -}}
{{- end -}}

{{- define "dietsb.kafkaProtocol" -}}
{{- $tls := include "dietsb.kafkaTls" . -}}
{{- if include "dietsb.kafkaSasl" . -}}
{{- ternary "SASL_SSL" "SASL_PLAINTEXT" (eq $tls "true") -}}
{{- else -}}
{{- ternary "SSL" "PLAINTEXT" (eq $tls "true") -}}
{{- end -}}
{{- end -}}

{{- define "dietsb.kafkaCaSecret" -}}
{{- if .Values.kafka.tls.caSecret -}}
{{- .Values.kafka.tls.caSecret -}}
{{- else if .Values.strimzi.cluster.create -}}
{{- printf "%s-cluster-ca-cert" (include "dietsb.clusterName" .) -}}
{{- end -}}
{{- end -}}

{{- /* The Secret with the credentials of a component: (list context component). Strimzi names it like the user. */ -}}
{{- define "dietsb.kafkaLoginSecret" -}}
{{- $ := index . 0 -}}
{{- if include "dietsb.strimziUsers" $ -}}
{{- printf "%s-%s" (include "dietsb.fullname" $) (index . 1) -}}
{{- else -}}
{{- required "kafka.sasl.existingSecret is empty: kafka.sasl.enabled requires the Secret with the credentials" $.Values.kafka.sasl.existingSecret -}}
{{- end -}}
{{- end -}}

{{- /* Environment of a component for Kafka: (list context component). Quarkus maps KAFKA_X_Y to kafka.x.y. */ -}}
{{- define "dietsb.kafkaEnv" -}}
{{- $ := index . 0 -}}
{{- with $.Values.kafka -}}
{{- if and (not (include "dietsb.kafkaTls" $)) (or .tls.caSecret .tls.clientSecret) -}}
{{- fail "kafka.tls.enabled is false, allowed is true if kafka.tls.caSecret or kafka.tls.clientSecret is set" -}}
{{- end -}}
{{- if and (not (include "dietsb.kafkaSasl" $)) .sasl.existingSecret -}}
{{- fail "kafka.sasl.enabled is false, allowed is true if kafka.sasl.existingSecret is set" -}}
{{- end -}}
{{- end -}}
- name: KAFKA_BOOTSTRAP_SERVERS
  value: {{ include "dietsb.bootstrapServers" $ | quote }}
{{- with $.Values.kafka.prefix }}
- name: DIETSB_PREFIX
  value: {{ . | quote }}
{{- end }}
- name: KAFKA_SECURITY_PROTOCOL
  value: {{ include "dietsb.kafkaProtocol" $ }}
{{- if include "dietsb.kafkaSasl" $ }}
- name: KAFKA_SASL_MECHANISM
  value: {{ ternary "SCRAM-SHA-512" $.Values.kafka.sasl.mechanism (eq (include "dietsb.strimziUsers" $) "true") }}
- name: KAFKA_SASL_JAAS_CONFIG
  valueFrom:
    secretKeyRef:
      name: {{ include "dietsb.kafkaLoginSecret" . }}
      key: {{ ternary "sasl.jaas.config" $.Values.kafka.sasl.jaasConfigKey (eq (include "dietsb.strimziUsers" $) "true") }}
{{- end }}
{{- if include "dietsb.kafkaTls" $ }}
{{- if include "dietsb.kafkaCaSecret" $ }}
- name: KAFKA_SSL_TRUSTSTORE_TYPE
  value: PEM
- name: KAFKA_SSL_TRUSTSTORE_LOCATION
  value: /etc/dietsb/kafka/ca.pem
{{- end }}
{{- with $.Values.kafka.tls }}
{{- if .clientSecret }}
- name: KAFKA_SSL_KEYSTORE_TYPE
  value: PEM
- name: KAFKA_SSL_KEYSTORE_CERTIFICATE_CHAIN
  valueFrom:
    secretKeyRef:
      name: {{ .clientSecret }}
      key: {{ .certificateKey }}
- name: KAFKA_SSL_KEYSTORE_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .clientSecret }}
      key: {{ .privateKeyKey }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- /* The configured ports, or those of the bootstrap servers, as JSON. */ -}}
{{- define "dietsb.kafkaPorts" -}}
{{- $ports := list -}}
{{- range .Values.networkPolicy.kafka.ports -}}
{{- $ports = append $ports (int .) -}}
{{- end -}}
{{- if not $ports -}}
{{- range splitList "," (include "dietsb.bootstrapServers" .) -}}
{{- $ports = append $ports (regexFind "[0-9]+$" (trim .) | int) -}}
{{- end -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}
