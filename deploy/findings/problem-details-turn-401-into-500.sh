#!/usr/bin/env bash
# Package:   io.quarkiverse.resteasy-problem:quarkus-resteasy-problem 3.21.0 with io.quarkus:quarkus-bom 3.33.2
# Belief:    An extension that resolves, builds without a warning and formats every other error also formats 401.
# Behaviour: An anonymous request to a resource with @RolesAllowed gets status 500. The extension reads a field of Quarkus's ChallengeData
#            that no longer exists, and the log has java.lang.NoSuchFieldError: headerName. With Quarkus 3.30.6 the same request gets 401.
# Seen:      401 with Quarkus 3.30.6, 500 with Quarkus 3.33.2
#
# Needs JDK 17, Maven and curl. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

status() { # group and version of the Quarkus BOM; prints the status of an anonymous request
  local app=$work/$2 port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  mkdir -p "$app/src/main/java/finding" "$app/src/main/resources"
  printf '%s\n' quarkus.http.auth.basic=true quarkus.security.users.embedded.enabled=true \
    quarkus.security.users.embedded.plain-text=true > "$app/src/main/resources/application.properties"
  cat > "$app/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>finding</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencyManagement>
    <dependencies>
      <dependency>
        <groupId>$1</groupId><artifactId>quarkus-bom</artifactId><version>$2</version><type>pom</type><scope>import</scope>
      </dependency>
    </dependencies>
  </dependencyManagement>
  <dependencies>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-rest-jackson</artifactId></dependency>
    <dependency><groupId>io.quarkus</groupId><artifactId>quarkus-elytron-security-properties-file</artifactId></dependency>
    <dependency><groupId>jakarta.validation</groupId><artifactId>jakarta.validation-api</artifactId></dependency>
    <dependency>
      <groupId>io.quarkiverse.resteasy-problem</groupId><artifactId>quarkus-resteasy-problem</artifactId><version>3.21.0</version>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
      <plugin>
        <groupId>$1</groupId><artifactId>quarkus-maven-plugin</artifactId><version>$2</version>
        <executions><execution><goals><goal>build</goal></goals></execution></executions>
      </plugin>
    </plugins>
  </build>
</project>
POM
  cat > "$app/src/main/java/finding/Hello.java" <<'JAVA'
package finding;

@jakarta.ws.rs.Path("/hello")
public class Hello {
    @jakarta.ws.rs.GET
    @jakarta.annotation.security.RolesAllowed("reader")
    public String hello() {
        return "hello";
    }
}
JAVA
  (cd "$app" && mvn -B -q -ntp package) >&2
  java -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port="$port" -jar "$app/target/quarkus-app/quarkus-run.jar" > "$app/log" 2>&1 &
  server=$!
  for _ in $(seq 120); do
    curl -s -o /dev/null "http://127.0.0.1:$port/" && break
    sleep .5
  done
  curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/hello"
  kill "$server"
  wait "$server" 2>/dev/null || true
  server=
}

old=$(status io.quarkus.platform 3.30.6)
new=$(status io.quarkus 3.33.2)
echo "Quarkus 3.30.6: $old, Quarkus 3.33.2: $new"
[ "$old" = 401 ] && [ "$new" = 500 ] && grep -q 'NoSuchFieldError: headerName' "$work/3.33.2/log"
