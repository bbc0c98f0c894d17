package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.util.List;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.selector.wire.Policy;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads the list of runs: tags, what runs wait for, and swaps that are still to take effect. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class RunsPageTest extends InBrowser {

    @Test
    void findsRunsByTagOnEveryPage() throws IOException {
        // Given
        for (int i = 0; i < 52; i++) {
            List<String> tags = i % 26 == 0 ? List.of("listed", "rare.one") : List.of("listed");
            new Trained(wires, "listed-" + i, 30_000 + i)
                    .ordered(order -> order.addAllTags(tags))
                    .begins()
                    .epoch(.5, true)
                    .ends(Run.State.COMPLETED, "")
                    .publish();
        }

        // When
        browser.open("/?q=listed");
        browser.awaitText(".count", "52 runs");
        browser.choose("[name=tag]", "listed");
        browser.click(".filter button");
        browser.awaitText(".pages", "page 1 of 2");
        browser.click("#older");

        // Then
        browser.awaitText(".pages", "page 2 of 2");
        assertThat(browser.count(".runs tbody tr")).isEqualTo(2);
        browser.click("#newer");
        browser.awaitText(".pages", "page 1 of 2");
        browser.open("/?tag=rare.one");
        browser.awaitText(".count", "2 runs");
        assertThat(browser.texts(".tags")).containsExactly("listed rare.one", "listed rare.one");
        browser.click(".tags a:first-child");
        browser.awaitText(".count", "52 runs");
    }

    @Test
    void saysWhatARunWaitsForAndWhichSwapsAreToCome() throws IOException {
        // Given: one that runs, one that waits for it, and one whose trainer gave a reason
        Trained going = new Trained(wires, "to-be-swapped", 40_000)
                .ordered(order -> order.addTags("waiting"))
                .begins()
                .epoch(.5, true)
                .publish();
        new Trained(wires, "behind-it", 41_000)
                .ordered(order -> order.addTags("waiting"))
                .publish();
        new Trained(wires, "without-scores", 42_000)
                .ordered(order -> order.addTags("waiting"))
                .waits("its scores: scoring diet-1 has 2 of 4 members")
                .publish();
        signIn("/control/runs/to-be-swapped", "ada");

        // When
        swapToRandom(".25", "8");
        browser.awaitText(".history li", "Takes effect from epoch 8.");
        swapToRandom(".5", "9");
        browser.awaitText(".history li", "Takes effect from epoch 9.");
        browser.open("/?tag=waiting");

        // Then
        browser.awaitText(".runs", "then r1 random, keep 0.25 from epoch 8; r2 random, keep 0.5 from epoch 9");
        assertThat(browser.texts(".runs tr")).anySatisfy(row -> assertThat(row)
                .contains("without-scores", "waits for its scores: scoring diet-1 has 2 of 4 members"));
        assertThat(browser.texts(".runs tr")).anySatisfy(row -> assertThat(row)
                .contains("behind-it", "queued since 21 Sep, 14:14:01 UTC", "waits for ", "busy"));
        pictures("runs-waiting");
        browser.mustHaveNoComplaints();

        // When a swap for good takes the place of both
        browser.open("/control/runs/to-be-swapped");
        swapToRandom(".75", "");
        browser.awaitText(".history li:nth-child(1)", "Takes effect with the next batch that the trainer announces.");
        assertThat(browser.text(".history li:nth-child(2)")).contains("Superseded by r3 before it took effect.");
        assertThat(browser.text(".history li:nth-child(3)")).contains("Superseded by r3 before it took effect.");
        pictures("run-superseded");
        browser.open("/?tag=waiting");
        browser.awaitText(".runs", "then r3 random, keep 0.75 with the next batch");

        // And when the trainer has it
        going.placed(
                        3,
                        Stored.SELECTIVE.toBuilder()
                                .setKind(Policy.Kind.RANDOM)
                                .setKeep(.75)
                                .build(),
                        2,
                        4)
                .at(2, 5)
                .publish();
        browser.awaitText(".runs", "random, keep 0.75");
        assertThat(browser.text(".runs")).doesNotContain("then r3");
    }

    private void swapToRandom(String keep, String fromEpoch) {
        browser.choose("[name=kind]", "random");
        browser.awaitText("#parameters", "at random");
        browser.type("[name=keep]", keep);
        if (browser.count("#schedule[open]") == 0) {
            browser.click("#schedule summary");
        }
        browser.type("[name=fromEpoch]", fromEpoch);
        browser.click("#swap button.main");
    }
}
