package org.dietsb.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.trainer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** One class a topic, and the one that hands them what they need. */
    private static final String EDGE =
            "KafkaLossLog|KafkaMaskReader|OrderQueue|OrderTaker|OrderGroup|RunEvents|PolicyFeed|PredictionReports|OwnScores|RunExecutor|"
                    + "Stamps";

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
            .because("the loop is tested without broker and framework: convert at the edge, in loss, mask or run");

    @ArchTest
    static final ArchRule LEARNING_KNOWS_NOTHING_OF_WHO_RUNS_IT = noClasses()
            .that()
            .resideInAnyPackage("..dataset..", "..model..", "..optimize..", "..train..", "..loss..", "..mask..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..run..", "..topic..")
            .because("the flow goes from run to train and below: tell whoever runs it through RunListener");

    @ArchTest
    static final ArchRule THE_ENGINE_STAYS_WHERE_LEARNING_IS = noClasses()
            .that()
            .resideInAnyPackage("..loss..", "..mask..", "..metric..")
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
                    ".*\\.(OrderWire|RunWire|PolicyWire|StateWire|LoopStateWire|CheckpointFiles|" + EDGE + ")(\\$.*)?")
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
