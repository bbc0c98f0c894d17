{{- /* Names and labels. */ -}}

{{- define "dietsb.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* Prefix of every name; leaves room for suffixes. */ -}}
{{- define "dietsb.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "dietsb.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "dietsb.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{- define "dietsb.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* Labels of a component that never change: (list context component). */ -}}
{{- define "dietsb.selectorLabels" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: {{ include "dietsb.name" $ }}
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- /* All labels of a component: (list context component). */ -}}
{{- define "dietsb.labels" -}}
{{- $ := index . 0 -}}
{{ include "dietsb.selectorLabels" . }}
app.kubernetes.io/part-of: dietsb
app.kubernetes.io/managed-by: {{ $.Release.Service }}
app.kubernetes.io/version: {{ $.Chart.AppVersion | quote }}
helm.sh/chart: {{ include "dietsb.chart" $ }}
{{- with $.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* Name, namespace, labels and annotations of an object: (dict "context" "component" "name" "annotations" "labels"). */ -}}
{{- define "dietsb.metadata" -}}
{{- $ := .context -}}
name: {{ .name }}
namespace: {{ include "dietsb.namespace" $ }}
labels:
  {{- include "dietsb.labels" (list $ .component) | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default (dict) .annotations) $.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "dietsb.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "dietsb.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- /* Registry, repository, and digest or tag: (dict "context" "image" "suffix"). */ -}}
{{- define "dietsb.image" -}}
{{- $ := .context -}}
{{- with $.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- .image.repository -}}
{{- if .image.digest -}}
@{{ .image.digest }}
{{- else -}}
:{{ default (printf "%s%s" $.Chart.AppVersion .suffix) .image.tag }}
{{- end -}}
{{- end -}}

{{- /* Names of the Services, and those of values, for which the services answer, separated by commas. */ -}}
{{- define "dietsb.hosts" -}}
{{- $hosts := list -}}
{{- $namespace := include "dietsb.namespace" . -}}
{{- range $component := list "trainer" "selector" "scorer" "proxies" -}}
{{- $service := printf "%s-%s" (include "dietsb.fullname" $) $component -}}
{{- range $name := list $service (printf "%s-pods" $service) -}}
{{- $hosts = append (append $hosts $name) (printf "%s.%s" $name $namespace) -}}
{{- end -}}
{{- end -}}
{{- $hosts = append (append $hosts (printf "*.%s.svc" $namespace)) (printf "*.%s.svc.cluster.local" $namespace) -}}
{{- concat $hosts .Values.auth.hosts | join "," -}}
{{- end -}}

{{- /* Ports of a component: that of REST and, 1000 higher, that of management. */ -}}
{{- define "dietsb.port" -}}
{{- index (dict "trainer" 8081 "selector" 8082 "scorer" 8083) . -}}
{{- end -}}
{{- define "dietsb.managementPort" -}}
{{- add 1000 (include "dietsb.port" .) -}}
{{- end -}}

{{- /* A number without an exponent. */ -}}
{{- define "dietsb.scalar" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ int64 . }}{{ else }}{{ . }}{{ end -}}
{{- end -}}
