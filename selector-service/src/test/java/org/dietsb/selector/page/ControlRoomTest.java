package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import org.dietsb.browser.Browser;
import org.dietsb.selector.topic.Stored;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Follows, swaps, finds and compares runs, sets the default policy and orders. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class ControlRoomTest extends InBrowser {
    private static final String LONG_NAME =
            "a-sweep-over-learning-rates-and-seeds-of-wrn-28-10-on-cifar100-number-0000000042";

    @Test
    void followsARunAndSwapsItsPolicy() throws IOException {
        // Given
        Trained run = new Trained(wires, "followed", 5_000).publish();
        browser.look(1280, 800, false);
        browser.open("/");
        browser.awaitText(".runs", "followed");

        // Then the pages are live
        run.begins().publish();
        browser.awaitText(".runs", "epoch 1 of 10");
        browser.open("/control/runs/followed");
        browser.awaitText("#live", "epoch 1 of 10");
        for (int epoch = 1; epoch <= 3; epoch++) {
            run.epoch(.5, true).publish();
        }
        browser.awaitText("#live", "epoch 4 of 10");
        browser.awaitText(".chart", "selected");
        run.judged(3);
        browser.awaitText(".chart", "epoch 3");
        browser.open("/control/runs/followed");
        browser.awaitText("#dry-run", "50.0 % now");

        // When a writer swaps the policy
        assertThat(browser.count("#swap button.main")).isZero();
        assertThat(browser.count("#cancel")).as("only writers cancel").isZero();
        signIn("/control/runs/followed", "ada");
        browser.openTab("/control/runs/followed");
        browser.toTab(0);
        swapToRandom(".25");

        // Then
        browser.awaitText(".history", "random, keep 0.25");
        browser.awaitText(".history", "ada");
        browser.awaitText(".costs tr:nth-child(1)", "Passes over the training set 2.5 3 83 %");
        browser.awaitText(".costs tr:nth-child(2)", "Time 15.6 s 21.0 s 74 %");
        browser.click("#losses summary");
        browser.awaitText("#losses[open] tbody", "0.25 to 0.5");
        run.placed(
                        1,
                        Stored.SELECTIVE.toBuilder()
                                .setKind(org.dietsb.selector.wire.Policy.Kind.RANDOM)
                                .setKeep(.25)
                                .build(),
                        4,
                        40)
                .at(4, 41)
                .publish();
        browser.awaitText(".stretches", "random, keep 0.25");
        assertThat(browser.count("#losses[open]")).as("open details stay open").isEqualTo(1);
        run.epoch(.4, true).epoch(.25, false).epoch(.25, false).at(7, 30).publish();
        browser.awaitText(".history", "0.833 → 0.25");

        // And a concurrent swap is rejected and its input kept
        browser.toTab(1);
        browser.type("[name=keep]", "0.75");
        browser.click("#swap button.main");
        browser.awaitText(".problem", "ada changed the policy first");
        assertThat(browser.text(".problem")).contains("revision 1 is random, keep 0.25");
        assertThat(browser.value("[name=keep]")).isEqualTo("0.75");
        pictures("swapped-before");
        browser.click("#swap button.main");
        browser.awaitText(".history", "selective, keep 0.75");

        // When the policy is rolled back
        browser.click("#back-1");
        browser.awaitText(".history", "rolls back to r1");
        browser.open("/control/runs/followed");
        pictures("run");

        // And cancelling takes a second click, and no trainer
        browser.click("#cancel summary");
        browser.awaitText("#cancel[open]", "writes no model");
        pictures("cancel");
        browser.mustHaveNoComplaints();
        browser.click("#cancel button");
        browser.awaitText("dl", "cancelled: ends at its next batch, or when a trainer is ready");
        assertThat(browser.path()).isEqualTo("/control/runs/followed");
        pictures("cancelled-without-trainer");
        browser.open("/?q=followed");
        browser.awaitText("main", "cancelled: ends at its next batch, or when a trainer is ready");
    }

    @Test
    void saysThatItIsNotLiveAndKeepsWhatWasTyped() throws IOException {
        Trained run =
                new Trained(wires, "cut-off", 2_000).begins().epoch(.5, true).publish();
        try (Relay relay = new Relay(port);
                Browser cutOff = Browser.start("http://localhost:" + relay.port())) {
            signIn(cutOff, "/control/runs/cut-off", "ada");
            cutOff.awaitText("#live", "epoch 2 of 10");
            cutOff.choose("[name=kind]", "random");
            cutOff.awaitText("#parameters", "at random");
            cutOff.type("[name=keep]", "0.125");

            // When
            relay.cut();

            // Then
            cutOff.awaitText("#not-live", "Not live since ");
            assertThat(cutOff.count("#swap button.main:disabled")).isEqualTo(1);
            cutOff.picture("not-live-light");

            // And it goes on where it was
            relay.mend();
            run.epoch(.5, true).publish();
            cutOff.awaitText("#live", "epoch 3 of 10");
            assertThat(cutOff.count("#not-live[hidden]")).isEqualTo(1);
            assertThat(cutOff.count("#swap button.main:disabled")).isZero();
            assertThat(cutOff.value("[name=keep]")).isEqualTo("0.125");
        }
    }

    @Test
    void worksWithoutJavaScript() throws IOException {
        new Trained(wires, "ended", 4_000)
                .begins()
                .epoch(.5, true)
                .epoch(.5, true)
                .ends(Run.State.COMPLETED, "")
                .publish();
        new Trained(wires, "failed", 3_000)
                .begins()
                .ends(Run.State.FAILED, "score set nowhere is unknown")
                .publish();
        new Trained(wires, LONG_NAME, 9_000).publish();
        browser.open("/control/runs/" + LONG_NAME);
        browser.awaitText("#live", "not started");
        assertThat(browser.text("#live .facts div")).matches("(?s)State.queued.*(an idle trainer|busy).*");
        pictures("queued");
        browser.lookWithoutScript(true);
        browser.open("/");
        browser.awaitText(".runs", LONG_NAME);
        browser.awaitText(".runs", "ended");
        browser.click("a[href='/control/runs/failed']");
        browser.awaitText(".problem", "score set nowhere is unknown");
        browser.open("/control/runs/ended?kind=infobatch");
        browser.awaitText("#live", "completed");
        browser.lookWithoutScript(false);
        browser.open("/");
        browser.awaitText(".runs", "failed");
        pictures("runs");
        browser.open("/control/runs/nobodys");
        browser.awaitText("h1", "There is no run nobodys");
    }

    @Test
    void findsRunsAndComparesThem() throws IOException {
        // Given: a run that is over, one of another length of data, and one that has just begun.
        new Trained(wires, "compared-half", 12_000)
                .begins()
                .epoch(.5, true)
                .epoch(.5, true)
                .epoch(.5, true)
                .ends(Run.State.COMPLETED, "")
                .publish();
        new Trained(wires, "compared-quarter", 11_000)
                .on(Stored.EIGHT)
                .begins()
                .epoch(.25, false)
                .epoch(.25, false)
                .ends(Run.State.COMPLETED, "")
                .publish();
        Trained going = new Trained(wires, "compared-going", 10_000)
                .begins()
                .epoch(.5, true)
                .publish();

        // When the list is filtered
        browser.open("/");
        browser.awaitText(".runs", "compared-going");
        browser.type("[name=q]", "compared");
        browser.choose("[name=state]", "completed");
        browser.click(".filter button");
        browser.awaitText(".count", "2 runs");
        assertThat(browser.text(".runs")).doesNotContain("compared-going");
        browser.open("/?q=compared");
        browser.awaitText(".runs", "epoch 2 of 10, less than a minute left");

        // Then the choice survives an update of the page, and the runs are compared
        browser.click("#pick-compared-half");
        browser.click("#pick-compared-quarter");
        going.epoch(.5, true).publish();
        browser.awaitText(".runs", "epoch 3 of 10");
        assertThat(browser.count(".runs input:checked")).isEqualTo(2);
        pictures("runs-filtered");
        browser.click(".count button");
        browser.awaitText(".compared", "Examples trained");
        assertThat(browser.texts(".warn"))
                .containsExactly("The runs trained on different data: their accuracies do not compare.");
        assertThat(browser.count("figure.chart")).isEqualTo(6);
        browser.point("#accuracy-0-epochs-2 rect");
        assertThat(browser.shown(".band text"))
                .containsExactly("epochs 2selective, keep 0.5 69.87 %selective, keep 0.5 (compared-quarter) 69.87 %");
        assertThat(browser.text(".compared")).contains("15000", "-10000", "points");
        pictures("compare");
        browser.mustHaveNoComplaints();

        // And a wrong choice is refused in words
        browser.open("/control/compare?run=compared-half");
        browser.awaitText(".problem", "1 run is chosen, allowed are 2 to 6");
        browser.open("/control/compare?run=compared-half&run=nobodys");
        browser.awaitText(".problem", "There is no run nobodys.");
        browser.open("/?q=no-such-run");
        browser.awaitText(".empty", "No run fits");
    }

    @Test
    void showsEasyExamplesOfAScoreSetBesideLeastUsedOnesOfARun() throws IOException {
        Stored.scoreSet(wires, "scores", Stored.EIGHT, Stored.checksum());
        new Trained(wires, "on-eight", 1_000)
                .on(Stored.EIGHT)
                .begins()
                .publish()
                .judged(6);
        browser.open("/");
        browser.awaitText(".sets", "scores");
        browser.open("/control/score-sets/scores");
        browser.awaitText("#least + form + p", "50.0 %");
        assertThat(browser.text("#lowest + ol")).startsWith("class 1\n0.05");
        assertThat(browser.text("#highest + ol")).startsWith("class 1\n1.2");
        pictures("score-set");
        browser.open("/control/score-sets/none");
        browser.awaitText("h1", "There is no complete score set none");
    }

    @Test
    void setsTheDefaultPolicyAndKeepsTheInputOfAnUndeliveredOrder() throws IOException {
        // Given
        signIn("/control/default-policy", "ada");
        browser.openTab("/control/default-policy");
        browser.awaitText("#parameters", "every example");
        browser.toTab(0);

        // When
        browser.choose("[name=kind]", "random");
        browser.awaitText("#parameters", "at random");
        browser.type("[name=keep]", "7");
        browser.click("#default button.main");
        browser.awaitText(".problem", "keep is 7, allowed is (0, 1]");
        assertThat(browser.value("[name=keep]")).isEqualTo("7");
        browser.type("[name=keep]", "0.3");
        browser.click("#default button.main");

        // Then
        browser.awaitText(".lead", "random, keep 0.3");
        browser.toTab(1);
        browser.click("#default button.main");
        browser.awaitText(".problem", "ada changed the policy first");

        // And an order needs a reachable trainer
        browser.open("/control/order");
        assertThat(browser.value("[name=keep]")).isEqualTo("0.3");
        browser.type("[name=epochs]", "ten");
        browser.click("#order button.main");
        browser.awaitText(".problem", "epochs is ten, allowed is an integer");
        assertThat(browser.count("[name=epochs][aria-invalid]")).isEqualTo(1);
        pictures("order");
        browser.type("[name=epochs]", "20");
        browser.type("[name=seed]", "7");
        browser.click("#order button.main");
        browser.awaitText(".problem", "No trainer is reachable: the run was not ordered.");
        assertThat(browser.value("[name=epochs]")).isEqualTo("20");
        assertThat(browser.value("[name=seed]")).isEqualTo("7");
    }

    private void swapToRandom(String keep) {
        browser.choose("[name=kind]", "random");
        browser.awaitText("#parameters", "at random");
        browser.type("[name=keep]", keep);
        browser.awaitText("#dry-run", "25.0 % 50.0 % now");
        browser.click("#swap button.main");
    }
}
