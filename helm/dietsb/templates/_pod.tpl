{{- /* Common parts of the pods of the three services. */ -}}

{{- /* Environment for access to REST, the settings and Java: (list context component). */ -}}
{{- define "dietsb.env" -}}
{{- $ := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := index $.Values $component -}}
{{- include "dietsb.kafkaEnv" . }}
- name: DIETSB_{{ upper $component }}_READING
  value: {{ $.Values.auth.reading }}
- name: DIETSB_HOSTS
  value: {{ include "dietsb.hosts" $ | quote }}
{{- with $.Values.auth.origins }}
- name: QUARKUS_HTTP_CORS_ENABLED
  value: "true"
- name: QUARKUS_HTTP_CORS_ORIGINS
  value: {{ join "," . | quote }}
{{- end }}
{{- with $.Values.auth }}
{{- if .existingSecret }}
- name: DIETSB_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .tokenKey }}
{{- if .readerTokenKey }}
- name: DIETSB_READER_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .readerTokenKey }}
{{- end }}
{{- end }}
{{- if .oidc.enabled }}
- name: QUARKUS_OIDC_TENANT_ENABLED
  value: "true"
- name: QUARKUS_OIDC_AUTH_SERVER_URL
  value: {{ required "auth.oidc.authServerUrl is empty: with auth.oidc.enabled it says where the server and its realm are" .oidc.authServerUrl | quote }}
{{- with .oidc.roleClaimPath }}
- name: QUARKUS_OIDC_ROLES_ROLE_CLAIM_PATH
  value: {{ . | quote }}
{{- end }}
{{- with .oidc.audience }}
- name: QUARKUS_OIDC_TOKEN_AUDIENCE
  value: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $value := omit $values.settings "device" "stopWithinSeconds" }}
- name: DIETSB_{{ upper $component }}_{{ snakecase $name | upper }}
  value: {{ include "dietsb.scalar" $value | quote }}
{{- end }}
{{- with $values.javaOptions }}
{{- /* Not JDK_JAVA_OPTIONS, which the image sets itself. */}}
- name: JAVA_TOOL_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- end -}}

{{- /* Ports and probes: (list context component). The management port needs no token. */ -}}
{{- define "dietsb.ports" -}}
ports:
  - name: http
    containerPort: {{ include "dietsb.port" . }}
  - name: management
    containerPort: {{ include "dietsb.managementPort" . }}
{{- end -}}

{{- define "dietsb.probes" -}}
{{- $values := index (index . 0).Values (index . 1) -}}
startupProbe:
  httpGet:
    path: /q/health/live
    port: management
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: {{ div (add $values.startupSeconds 1) 2 }}
livenessProbe:
  httpGet:
    path: /q/health/live
    port: management
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet:
    path: /q/health/ready
    port: management
  periodSeconds: 5
  # Requests the topics from the broker, with a time-out of 3 s.
  timeoutSeconds: 5
  failureThreshold: 3
{{- if gt (int $values.preStopSeconds) 0 }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ $values.preStopSeconds }}
{{- end }}
{{- end -}}

{{- define "dietsb.commonMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if and (include "dietsb.kafkaTls" .) (include "dietsb.kafkaCaSecret" .) }}
- name: kafka-ca
  mountPath: /etc/dietsb/kafka
  readOnly: true
{{- end }}
{{- end -}}

{{- /* (list context component) */ -}}
{{- define "dietsb.commonVolumes" -}}
{{- $ := index . 0 -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ (index $.Values (index . 1)).tmpSize }}
{{- if and (include "dietsb.kafkaTls" $) (include "dietsb.kafkaCaSecret" $) }}
- name: kafka-ca
  secret:
    secretName: {{ include "dietsb.kafkaCaSecret" $ }}
    items:
      - key: {{ $.Values.kafka.tls.caKey }}
        path: ca.pem
{{- end }}
{{- end -}}

{{- /* Labels and annotations of pods: (list context component). */ -}}
{{- define "dietsb.podMetadata" -}}
{{- $ := index . 0 -}}
{{- $values := index $.Values (index . 1) -}}
labels:
  {{- include "dietsb.labels" . | nindent 2 }}
  {{- with $values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) $values.podAnnotations $.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- /* Identity and placement of the pod: (dict "context" "component" "nodeSelector" "tolerations"). */ -}}
{{- define "dietsb.podPlace" -}}
{{- $ := .context -}}
{{- $component := .component -}}
{{- $values := index $.Values $component -}}
{{- with $.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
serviceAccountName: {{ include "dietsb.serviceAccountName" $ }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $.Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.topologySpreadConstraints }}
{{- $own := dict "matchLabels" (include "dietsb.selectorLabels" (list $ $component) | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml (merge (dict) . (dict "labelSelector" $own)) | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}
