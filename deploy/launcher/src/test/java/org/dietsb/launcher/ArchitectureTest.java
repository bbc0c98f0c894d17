package org.dietsb.launcher;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The structure of the launcher. */
@AnalyzeClasses(packages = "org.dietsb.launcher", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PACKAGES_ARE_FREE_OF_CYCLES = slices().matching("org.dietsb.launcher.(*)..")
            .should()
            .beFreeOfCycles()
            .because("command, option, report, follow, system, experiment and text depend on each other in one"
                    + " direction: move a class to the package whose classes it uses");
}
