{{- /* What follows from objects that the cluster has already. */ -}}

{{- /* Bytes of a quantity such as 10Gi, 1.5T or 500. */ -}}
{{- define "dietsb.bytes" -}}
{{- $quantity := toString . -}}
{{- $unit := regexFind "[A-Za-z]+$" $quantity -}}
{{- $units := dict "m" 0.001 "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "P" 1000000000000000 "E" 1000000000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976 -}}
{{- mulf (float64 (trimSuffix $unit $quantity)) (get $units $unit) | int64 -}}
{{- end -}}

{{- /*
Fails if the claim of the chart exists and cannot become what the values ask for: (dict "context" "claim"). The API server would refuse the
claim alone, and the rest of the release would have changed. Returns the storage class of the claim, which an empty value keeps.
*/ -}}
{{- define "dietsb.claimClass" -}}
{{- $ := .context -}}
{{- $value := printf "trainer.%s" .claim -}}
{{- $volume := index $.Values.trainer .claim -}}
{{- $fullname := include "dietsb.fullname" $ -}}
{{- $name := printf "%s-trainer-%s" $fullname .claim -}}
{{- $namespace := include "dietsb.namespace" $ -}}
{{- $live := include "dietsb.lookup" (dict "apiVersion" "v1" "kind" "PersistentVolumeClaim" "namespace" $namespace "name" $name) | fromJson -}}
{{- if not $live -}}
{{- $volume.storageClassName -}}
{{- else -}}
{{- $class := default "" $live.spec.storageClassName -}}
{{- $stop := printf "kubectl -n %s scale statefulset -l app.kubernetes.io/instance=%s --replicas=0, kubectl -n %s delete pvc %s" $namespace $.Release.Name $namespace $name -}}
{{- $waysOut := printf "Ways out: create another claim, copy the files of %s into it, and set %s.existingClaim to its name; or, without the files: %s, and the same helm command again" $name $value $stop -}}
{{- if ne ($volume.accessModes | sortAlpha | join ", ") ($live.spec.accessModes | sortAlpha | join ", ") -}}
{{- fail (printf "%s.accessModes is %s, allowed is %s, that of claim %s: access modes of a claim cannot be changed. %s" $value ($volume.accessModes | join ", ") ($live.spec.accessModes | join ", ") $name $waysOut) -}}
{{- end -}}
{{- if and $volume.storageClassName (ne $volume.storageClassName $class) -}}
{{- fail (printf "%s.storageClassName is %s, allowed is %s, that of claim %s: the class of a claim cannot be changed. %s" $value $volume.storageClassName (default "none" $class) $name $waysOut) -}}
{{- end -}}
{{- $has := $live.spec.resources.requests.storage -}}
{{- $grows := sub (include "dietsb.bytes" $volume.size) (include "dietsb.bytes" $has) | int64 -}}
{{- if lt $grows 0 -}}
{{- fail (printf "%s.size is %v, allowed is %s or more, the size of claim %s: a claim cannot shrink. %s" $value $volume.size $has $name $waysOut) -}}
{{- else if gt $grows 0 -}}
{{- if ne "Bound" (dig "status" "phase" "" $live) -}}
{{- fail (printf "%s.size is %v, allowed is %s, the size of claim %s, until a volume is bound to it. %s" $value $volume.size $has $name $waysOut) -}}
{{- end -}}
{{- $found := include "dietsb.lookup" (dict "apiVersion" "storage.k8s.io/v1" "kind" "StorageClass" "namespace" "" "name" $class) | fromJson -}}
{{- if not (and $class $found.allowVolumeExpansion) -}}
{{- fail (printf "%s.size is %v, allowed is %s, the size of claim %s: its storage class, %s, does not have allowVolumeExpansion. %s" $value $volume.size $has $name (default "none" $class) $waysOut) -}}
{{- end -}}
{{- end -}}
{{- $class -}}
{{- end -}}
{{- end -}}

{{- /*
Replicas of a workload: (dict "context" "component" "kind"); empty if an autoscaler owns them. A field that a release has rendered once and then omits
falls to 1, so a workload whose autoscaling is switched on keeps the field, with its present replicas. Annotation dietsb.org/replicas says that the last
manifest had the field. With server-side apply, the chart omits it as soon as the autoscaler has changed it and owns it.
*/ -}}
{{- define "dietsb.replicas" -}}
{{- $ := .context -}}
{{- $values := index $.Values .component -}}
{{- if not $values.autoscaling.enabled -}}
{{- $values.replicas -}}
{{- else -}}
{{- $live := include "dietsb.lookup" (dict "apiVersion" "apps/v1" "kind" .kind "namespace" (include "dietsb.namespace" $) "name" (printf "%s-%s" (include "dietsb.fullname" $) .component)) | fromJson -}}
{{- if and $live (dig "metadata" "annotations" "dietsb.org/replicas" "" $live) -}}
{{- $applied := false -}}
{{- $owned := false -}}
{{- range $manager := $live.metadata.managedFields -}}
{{- if and (eq $manager.operation "Apply") (not (dig "subresource" "" $manager)) -}}
{{- $spec := dig "fieldsV1" "f:spec" (dict) $manager -}}
{{- $applied = or $applied (hasKey $spec "f:template") -}}
{{- $owned = or $owned (hasKey $spec "f:replicas") -}}
{{- end -}}
{{- end -}}
{{- if or $owned (not $applied) -}}
{{- /* An autoscaler is disabled for a workload without replicas. */ -}}
{{- $replicas := int $live.spec.replicas -}}
{{- ternary $replicas (int $values.autoscaling.minReplicas) (gt $replicas 0) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* Annotations of a workload with replicas of the chart. */ -}}
{{- define "dietsb.replicasAnnotation" -}}
{{- if ne . "" }}dietsb.org/replicas: chart{{ end -}}
{{- end -}}
