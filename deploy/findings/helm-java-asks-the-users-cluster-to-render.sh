#!/usr/bin/env bash
# Package:   com.marcnuri.helm-java:helm-java with com.marcnuri.helm-java:linux-amd64 0.0.21
# Belief:    Its template() renders as "helm template" does, without a cluster: function lookup finds nothing, as the command's does unless
#            --dry-run=server is given.
# Behaviour: A lookup asks the cluster of the user's kubeconfig, and what that holds decides what is rendered. A test that renders a chart on a
#            developer's machine depends on the cluster that was used there last.
# Seen:      rendered "found: from-the-cluster", requests /api/v1 and /api/v1/namespaces/default/configmaps/settings
#
# Needs JDK 17, Maven and Python. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# In place of a cluster: an API with one ConfigMap. It writes its port and each path that is asked for.
cat > "$work/api.py" <<'PY'
import http.server, json, sys
ANSWERS = {
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": [
        {"name": "configmaps", "singularName": "configmap", "namespaced": True, "kind": "ConfigMap", "verbs": ["get"]}]},
    "/api/v1/namespaces/default/configmaps/settings": {
        "kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "settings", "namespace": "default"}, "data": {"name": "from-the-cluster"}},
}
class Api(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        path = self.path.split("?")[0]
        print(path, file=asked, flush=True)
        body = json.dumps(ANSWERS.get(path, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404})).encode()
        self.send_response(200 if path in ANSWERS else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *arguments):
        pass
asked = open(sys.argv[2], "w")
api = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
with open(sys.argv[1], "w") as port:
    port.write(str(api.server_port))
api.serve_forever()
PY
python3 "$work/api.py" "$work/port" "$work/asked" &
server=$!
for _ in $(seq 100); do
  [[ -s $work/port ]] && break
  sleep .1
done
cat > "$work/kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: here
clusters: [{name: here, cluster: {server: "http://127.0.0.1:$(cat "$work/port")"}}]
contexts: [{name: here, context: {cluster: here, user: here}}]
users: [{name: here, user: {}}]
YAML

mkdir -p "$work/chart/templates" "$work/src/main/java"
printf 'apiVersion: v2\nname: chart\nversion: 1.0.0\n' > "$work/chart/Chart.yaml"
cat > "$work/chart/templates/text.yaml" <<'YAML'
found: {{ dig "data" "name" "nothing" (lookup "v1" "ConfigMap" "default" "settings") }}
YAML
cat > "$work/src/main/java/Render.java" <<'JAVA'
import com.marcnuri.helm.Helm;
import java.nio.file.Path;

class Render {
    public static void main(String[] arguments) {
        System.out.println(new Helm(Path.of(arguments[0])).template().call());
    }
}
JAVA
cat > "$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>render</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>com.marcnuri.helm-java</groupId><artifactId>helm-java</artifactId><version>0.0.21</version></dependency>
    <dependency><groupId>com.marcnuri.helm-java</groupId><artifactId>linux-amd64</artifactId><version>0.0.21</version></dependency>
  </dependencies>
</project>
POM
(cd "$work" && mvn -B -q -ntp org.apache.maven.plugins:maven-compiler-plugin:3.14.1:compile org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory=jars) >&2
rendered=$(KUBECONFIG=$work/kubeconfig java -cp "$work/target/classes:$work/jars/*" Render "$work/chart")
echo "rendered:"
echo "$rendered"
echo "requests: $(sort -u "$work/asked" | tr '\n' ' ')"
[[ $rendered == *"found: from-the-cluster"* ]] && grep -q configmaps/settings "$work/asked"
