#!/usr/bin/env bash
# Package:   io.quarkus:quarkus-micrometer-registry-prometheus with io.quarkus:quarkus-bom 3.33.2
# Belief:    A client that accepts application/openmetrics-text, of whatever version, gets metrics in that format: a media range without
#            parameters covers every version (RFC 9110, section 12.5.1).
# Behaviour: It gets 406. Only the whole type, application/openmetrics-text; version=1.0.0; charset=utf-8, is accepted. A client that
#            prefers OpenMetrics without a version and takes plain text as a second choice gets plain text.
# Seen:      whole type 200, without a version 406, with plain text as second choice text/plain
#
# Needs JDK 17, Maven, curl and Python. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

cat > "$work/pom.xml" <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>openmetrics</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>io.quarkus</groupId><artifactId>quarkus-bom</artifactId><version>3.33.2</version><type>pom</type><scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-micrometer-registry-prometheus</artifactId></dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
      <plugin>
        <groupId>io.quarkus</groupId><artifactId>quarkus-maven-plugin</artifactId><version>3.33.2</version>
        <executions><execution><goals><goal>build</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
POM
mkdir -p "$work/src/main/resources"
(cd "$work" && mvn -B -q -ntp package) >&2
java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$port" -jar "$work/target/quarkus-app/quarkus-run.jar" > "$work/log" 2>&1 &
server=$!
for _ in $(seq 120); do
  curl -s -o /dev/null "http://127.0.0.1:$port/" && break
  sleep .5
done

answer() { # accepted media types; prints status and type
  curl -s -o /dev/null -H "Accept: $1" -w '%{http_code} %{content_type}' "http://127.0.0.1:$port/q/metrics"
}
whole=$(answer 'application/openmetrics-text; version=1.0.0; charset=utf-8')
bare=$(answer 'application/openmetrics-text')
second=$(answer 'application/openmetrics-text, text/plain;q=0.5')
echo "whole type: $whole"
echo "without a version: $bare"
echo "with plain text as second choice: $second"
[[ $whole == "200 application/openmetrics-text"* && $bare == 406* && $second == "200 text/plain"* ]]
