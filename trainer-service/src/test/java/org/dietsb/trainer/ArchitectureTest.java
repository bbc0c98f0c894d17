package org.dietsb.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.trainer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** The classes that read or write a topic, and those that supply them. */
    private static final String EDGE =
            "KafkaLossLog|KafkaMaskReader|OrderQueue|OrderTaker|HeldOrder|OrderGroup|OrderLoop|"
                    + "RunEvents|RunNews|EventWriter|Takes|PolicyFeed|PredictionReports|OwnScores|RunExecutor|SelectorLink|Stamps";

    private static final DescribedPredicate<JavaClass> GENERATED =
            JavaClass.Predicates.resideInAPackage("org.dietsb.trainer.wire..");

    @ArchTest
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES = slices().matching("org.dietsb.trainer.(*)..")
            .should()
            .beFreeOfCycles()
            .ignoreDependency(DescribedPredicate.alwaysTrue(), GENERATED)
            .because("a package can then be read and changed after the packages that it uses");

    @ArchTest
    static final ArchRule SETTINGS_DEPEND_ON_NO_PACKAGE_THAT_USES_THEM = noClasses()
            .that()
            .resideInAPackage("org.dietsb.trainer")
            .should()
            .dependOnClassesThat(DescribedPredicate.not(
                            JavaClass.Predicates.resideInAnyPackage("org.dietsb.trainer", "org.dietsb.trainer.model"))
                    .and(JavaClass.Predicates.resideInAPackage("org.dietsb.trainer..")))
            .because("every package may read the settings");

    @ArchTest
    static final ArchRule LEARNING_IMPORTS_NO_FRAMEWORK = noClasses()
            .that()
            .resideInAnyPackage("..dataset..", "..model..", "..optimize..", "..train..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.quarkus..",
                    "io.smallrye..",
                    "jakarta..",
                    "org.eclipse.microprofile..",
                    "org.apache.kafka..",
                    "com.google.protobuf..",
                    "..wire..")
            .because(
                    "the loop is tested without broker and framework: convert at the edge, in loss, mask, order or news");

    @ArchTest
    static final ArchRule LEARNING_KNOWS_NOTHING_OF_WHO_RUNS_IT = noClasses()
            .that()
            .resideInAnyPackage("..dataset..", "..model..", "..optimize..", "..train..", "..loss..", "..mask..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..run..", "..order..", "..news..", "..gauge..", "..rest..")
            .because("the flow goes from run to train and below: report to the caller through RunListener");

    @ArchTest
    static final ArchRule THE_ENGINE_STAYS_WHERE_LEARNING_IS = noClasses()
            .that()
            .resideInAnyPackage("..loss..", "..mask..", "..metric..", "..policy..", "..order..", "..news..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("what travels is plain arrays: read tensors in model, dataset or train");

    @ArchTest
    static final ArchRule WIRE_CLASSES_STAY_AT_THE_EDGE = noClasses()
            .that()
            .resideOutsideOfPackage("org.dietsb.trainer.wire")
            .and()
            .haveNameNotMatching(
                    ".*\\.(OrderWire|RunWire|PolicyWire|StateWire|LoopStateWire|CheckpointFiles|Checkpoints|"
                            + "CheckpointKeeper|Attempts|" + EDGE + ")(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..wire..")
            .because("inside, there are records: convert in OrderWire, RunWire or PolicyWire");

    @ArchTest
    static final ArchRule TOPICS_ARE_READ_AND_WRITTEN_AT_THE_EDGE = noClasses()
            .that()
            .haveNameNotMatching(".*\\.(" + EDGE + ")(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("one class reads or writes a topic: go through it");
}
