package org.dietsb.selector;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.selector", importOptions = ImportOption.DoNotIncludeTests.class)
class PureTest {

    @ArchTest
    static final ArchRule POLICIES_IMPORT_NO_FRAMEWORK = noClasses()
            .that()
            .resideInAnyPackage("..policy..", "..history..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "io.smallrye..",
                    "jakarta..",
                    "org.apache.kafka..",
                    "com.google.protobuf..",
                    "com.fasterxml..",
                    "..wire..")
            .because("a policy is a pure function: convert in mask or swap, and hand it plain values");

    @ArchTest
    static final ArchRule POLICIES_KNOW_NO_CLOCK_AND_NO_OTHER_CHANCE = noClasses()
            .that()
            .resideInAnyPackage("..policy..", "..history..", "..diet..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .because("a mask depends on seed, place, losses and history only: draw from RandomStream");
}
