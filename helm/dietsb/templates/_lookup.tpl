{{- /*
An object of the cluster as JSON, {} if there is none: (dict "apiVersion" "kind" "namespace" "name"). The only template that asks the cluster;
helm template and a dry run of the client find nothing.
*/ -}}
{{- define "dietsb.lookup" -}}
{{- lookup .apiVersion .kind .namespace .name | toJson -}}
{{- end -}}
