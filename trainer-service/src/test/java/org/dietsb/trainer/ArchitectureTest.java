package org.dietsb.trainer;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "org.dietsb.trainer", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

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
            .resideInAnyPackage("..loss..", "..mask..", "..metric..", "..topic..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ai.djl..")
            .because("what travels is plain arrays: read tensors in model, dataset or train");

    @ArchTest
    static final ArchRule WIRE_CLASSES_STAY_AT_THE_EDGE = noClasses()
            .that(resideInAPackage("org.dietsb.trainer..")
                    .and(DescribedPredicate.not(resideInAPackage("org.dietsb.trainer.wire")))
                    .and(DescribedPredicate.not(
                            named("OrderWire", "RunWire", "PolicyWire", "KafkaLossLog", "KafkaMaskReader")))
                    .and(DescribedPredicate.not(
                            named("OrderQueue", "RunEvents", "PolicyFeed", "PredictionReports", "RunExecutor"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..wire..")
            .because("inside, there are records: convert in OrderWire, RunWire or PolicyWire");

    @ArchTest
    static final ArchRule TOPICS_ARE_READ_AND_WRITTEN_AT_THE_EDGE = noClasses()
            .that(resideInAPackage("org.dietsb.trainer..")
                    .and(DescribedPredicate.not(resideInAPackage("org.dietsb.trainer.topic")))
                    .and(DescribedPredicate.not(named("KafkaLossLog", "KafkaMaskReader")))
                    .and(DescribedPredicate.not(
                            named("OrderQueue", "RunEvents", "PolicyFeed", "PredictionReports", "RunExecutor"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..")
            .because("one class reads or writes a topic: go through it");

    /** These classes, and those within them. */
    private static DescribedPredicate<JavaClass> named(String... names) {
        DescribedPredicate<JavaClass> none = DescribedPredicate.not(alwaysTrue());
        for (String name : names) {
            none = none.or(
                    DescribedPredicate.describe(name, type -> type.getName().matches(".*\\." + name + "(\\$.*)?")));
        }
        return none;
    }
}
