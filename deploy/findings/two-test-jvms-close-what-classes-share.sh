#!/usr/bin/env bash
# Package:   org.apache.maven.plugins:maven-surefire-plugin 3.5.4 with org.junit.jupiter:junit-jupiter 5.13.4
# Belief:    What an extension keeps in the root store lives as long as the JVM of the tests, so classes that run in one JVM share it, with forkCount 2
#            as with 1.
# Behaviour: With forkCount 1, all classes are one execution and share it. With forkCount 2, each class is an execution of its own, although JVMs are reused: the
#            root store is closed after every class, and what it held is started anew.
# Seen:      forkCount 1: started once for 4 classes; forkCount 2: started 4 times
#
# Needs JDK 17 and Maven. Fails if the behaviour changes. Runs outside CI.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p src/test/java
cat > src/test/java/Shared.java <<'JAVA'
import java.nio.file.*;
import org.junit.jupiter.api.extension.*;

class Shared implements BeforeAllCallback {
    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent("service", any -> {
            try {
                return Files.writeString(Path.of("target", "starts"), "started\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (java.io.IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        });
    }
}
JAVA
for name in One Two Three Four; do
  printf '@org.junit.jupiter.api.extension.ExtendWith(Shared.class)\nclass %sTest {\n    @org.junit.jupiter.api.Test\n    void passes() {}\n}\n' "$name" > "src/test/java/${name}Test.java"
done
cat > pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId>
  <artifactId>forks</artifactId>
  <version>1</version>
  <properties>
    <maven.compiler.release>17</maven.compiler.release>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies>
    <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.13.4</version><scope>test</scope></dependency>
  </dependencies>
  <build><plugins>
    <plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-compiler-plugin</artifactId><version>3.14.1</version></plugin>
    <plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-surefire-plugin</artifactId><version>3.5.4</version></plugin>
  </plugins></build>
</project>
POM
starts() { # with that many JVMs
  rm -f target/starts
  mvn -B -q -ntp test -DforkCount="$1" >&2
  wc -l < target/starts
}
one=$(starts 1)
two=$(starts 2)
echo "forkCount 1: started $one times for 4 classes; forkCount 2: started $two times"
[[ $one == 1 && $two == 4 ]]
