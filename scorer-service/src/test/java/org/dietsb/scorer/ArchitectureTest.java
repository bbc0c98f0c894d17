package org.dietsb.scorer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.scorer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule PACKAGES_HAVE_NO_CYCLES =
            slices().matching("org.dietsb.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule THE_SCIENCE_IS_PLAIN = classes()
            .that()
            .resideInAnyPackage("org.dietsb.scorer.el2n", "org.dietsb.scorer.overlap")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "org.dietsb.scorer.el2n", "org.dietsb.scorer.overlap")
            .because(
                    "EL2N is tested without framework, topic or wire class: convert at the edge, in scoring or scoreset");

    @ArchTest
    static final ArchRule TOPICS_ARE_READ_AND_WRITTEN_AT_THE_EDGE = noClasses()
            .that()
            .resideInAPackage("org.dietsb.scorer..")
            .and()
            .haveNameNotMatching(".*\\.ScoringTopics(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("a restarted scorer must know all from what it read: read and write through ScoringTopics");
}
