package org.dietsb.kit;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.kit", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule THERE_ARE_THREE_PACKAGES = classes()
            .should()
            .resideInAnyPackage("org.dietsb.kit.door", "org.dietsb.kit.stop", "org.dietsb.kit.topic")
            .because(
                    "the kit is for access over REST, access to Kafka and the exit code: put anything else where it is used");

    @ArchTest
    static final ArchRule IT_KNOWS_NO_OTHER_MODULE = noClasses()
            .should()
            .dependOnClassesThat(resideInAPackage("org.dietsb..").and(resideOutsideOfPackage("org.dietsb.kit..")))
            .because(
                    "services depend on the kit: pass what is particular to one as Access, ServiceTopics or WebSignIn");

    @ArchTest
    static final ArchRule CLASSES_ARE_NAMED_BY_WHAT_THEY_DO = noClasses()
            .should()
            .haveNameMatching("(?i).*(utils?|helpers?|common\\w*|shared\\w*)")
            .because("a class without a task collects anything: name it by what it does");

    @ArchTest
    static final ArchRule THERE_ARE_NO_CYCLES =
            slices().matching("org.dietsb.kit.(*)..").should().beFreeOfCycles();
}
