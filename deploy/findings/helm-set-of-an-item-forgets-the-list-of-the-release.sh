#!/usr/bin/env bash
# Package:   helm.sh/helm/v3 v3.22.0 (its action package; the command of Helm 4.3.1 did the same on an API server)
# Belief:    helm upgrade --reuse-values --set items[1].size=9 changes that field of the list that the release has, as --set does beside a values
#            file that holds the list.
# Behaviour: Beside -f, --set changes the item of the file's list. Beside --reuse-values or --reset-then-reuse-values it makes a new list, which takes the place of
#            the release's: items before the index are null, items after it and the other fields of the item are gone. The upgrade succeeds.
# Seen:      -f and --set: [{"name":"a","size":1},{"name":"b","size":9}]; --reuse-values and --reset-then-reuse-values: [null,{"size":9}]
#
# Needs Go 1.26; its first build of Helm takes minutes. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat > go.mod <<'MOD'
module finding

go 1.24.0

require helm.sh/helm/v3 v3.22.0
MOD
cat > main.go <<'GO'
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/cli/values"
	"helm.sh/helm/v3/pkg/getter"
	kubefake "helm.sh/helm/v3/pkg/kube/fake"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
)

func must[T any](value T, err error) T {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	return value
}

// Returns the values of the options -f and --set, as the commands of Helm merge them.
func merged(files []string, set ...string) map[string]any {
	options := values.Options{ValueFiles: files, Values: set}
	return must(options.MergeValues(getter.Providers{}))
}

func main() {
	empty := &chart.Chart{Metadata: &chart.Metadata{APIVersion: "v2", Name: "list", Version: "1.0.0"}}
	for _, with := range []string{"-f", "--reuse-values", "--reset-then-reuse-values"} {
		settings := &action.Configuration{
			Releases:     storage.Init(driver.NewMemory()),
			KubeClient:   &kubefake.PrintingKubeClient{Out: io.Discard},
			Capabilities: chartutil.DefaultCapabilities,
			Log:          func(string, ...any) {},
		}
		install := action.NewInstall(settings)
		install.ReleaseName = "lab"
		install.Namespace = "default"
		must(install.Run(empty, merged([]string{"values.yaml"})))
		upgrade := action.NewUpgrade(settings)
		upgrade.Namespace = "default"
		upgrade.ReuseValues = with == "--reuse-values"
		upgrade.ResetThenReuseValues = with == "--reset-then-reuse-values"
		var files []string
		if with == "-f" {
			files = []string{"values.yaml"}
		}
		release := must(upgrade.Run("lab", empty, merged(files, "items[1].size=9")))
		fmt.Printf("%s --set items[1].size=9: %s\n", with, must(json.Marshal(release.Config["items"])))
	}
}
GO
printf 'items:\n  - {name: a, size: 1}\n  - {name: b, size: 2}\n' > values.yaml
seen=$(GOFLAGS=-mod=mod go run .)
echo "$seen"
grep -qxF -- '-f --set items[1].size=9: [{"name":"a","size":1},{"name":"b","size":9}]' <<<"$seen"
grep -qxF -- '--reuse-values --set items[1].size=9: [null,{"size":9}]' <<<"$seen"
grep -qxF -- '--reset-then-reuse-values --set items[1].size=9: [null,{"size":9}]' <<<"$seen"
