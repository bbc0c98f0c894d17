package org.dietsb.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Set;
import org.dietsb.observe.Advisories.Component;
import org.junit.jupiter.api.Test;

class AdvisoriesTest {

    @Test
    void noPackagedLibraryHasAKnownAdvisory() throws Exception {
        Set<Component> components = Advisories.ofThisBuild();
        assertThat(components)
                .extracting(Component::module)
                .contains("io.netty.netty-codec-http", "io.vertx.vertx-core", "org.apache.kafka.kafka-clients");
        assertThat(Advisories.against(components, Advisories.listed()))
                .as("raise these versions, or state in deploy/advisories.json as \"accepted\" why they do no harm here")
                .isEmpty();
    }

    @Test
    void reportsVersionsWithinAnAffectedRange() throws Exception {
        assertThat(Advisories.against(
                        Set.of(new Component("io.netty.netty-codec-http2", "4.1.99.Final")), Advisories.listed()))
                .contains("io.netty.netty-codec-http2 4.1.99.Final: CVE-2023-44487, affected are (,4.1.100.Final)");
        assertThat(Advisories.against(Set.of(new Component("io.vertx.vertx-core", "4.5.23")), Advisories.listed()))
                .containsExactly("io.vertx.vertx-core 4.5.23: CVE-2026-1002, affected are (,4.5.24),[5.0.0,5.0.7)");
        assertThat(Advisories.against(
                        Set.of(
                                new Component("io.netty.netty-codec-http2", "4.1.140.Final"),
                                new Component("io.vertx.vertx-core", "4.5.24"),
                                new Component("io.vertx.vertx-core-of-another", "4.5.23")),
                        Advisories.listed()))
                .isEmpty();
    }

    /** Maven writes the bill of materials only with a network. */
    @Test
    void theBillOfMaterialsHasALicenceForEachModuleOfThisProject() throws Exception {
        List<JsonNode> own = Advisories.billOfMaterials().stream()
                .filter(component -> component.path("group").asText().equals("org.dietsb"))
                .toList();
        assumeThat(own).isNotEmpty();
        assertThat(own).allSatisfy(module -> assertThat(
                        module.at("/licenses/0/license/name").asText())
                .isNotEmpty());
    }
}
