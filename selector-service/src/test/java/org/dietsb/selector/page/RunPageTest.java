package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import org.dietsb.selector.topic.TestBroker;
import org.dietsb.trainer.wire.Run;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** Reads a run's page: its settings, what went wrong, and what may be done next. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class RunPageTest extends InBrowser {

    @Test
    void showsSettingsAndOrdersAgainWithChanges() throws IOException {
        // Given
        new Trained(wires, "again", 20_000)
                .ordered(order -> {
                    order.setSeed(17).setWindow(2).setEvaluateEvery(3);
                    order.getDatasetBuilder().setLimit(5_000);
                    order.getRecipeBuilder()
                            .setBatchSize(64)
                            .setLearningRate(.05)
                            .setMomentum(.8)
                            .setWeightDecay(5e-4)
                            .setCrop(true);
                })
                .begins()
                .epoch(.5, true)
                .epoch(.5, true)
                .ends(Run.State.FAILED, "the loss is NaN in epoch 3")
                .publish();
        signIn("/control/runs/again", "ada");

        // Then the reason is first
        browser.awaitText("#live > .problem:first-child", "the loss is NaN in epoch 3");
        browser.awaitText("#settings summary", "Settings: seed 17, 10 epochs, batches of 64, learning rate 0.05");
        browser.click("#settings summary");
        assertThat(browser.text(".settings"))
                .contains("0.05, cosine", "2 batches", "every 3 epochs", "0.0005", "fashion-mini, the first 5000")
                .contains("trainer 1.2, libtorch 3.4 on cpu, Java 17");
        browser.click("#copy summary");
        assertThat(browser.text("#command"))
                .startsWith("deploy/dietsb train --policy selective --keep 0.5 ")
                .contains("--dataset fashion-mini --limit 5000 --model resnet8 --seed 17 --epochs 10 --batch-size 64")
                .contains("--augment crop --window 2 --evaluate-every 3");
        browser.click("[data-copies=command]");
        browser.awaitText("[data-copies=command]", "ed");
        pictures("run-failed");

        // When it is resumed, and ordered again
        browser.click("#resume");
        browser.awaitText(".problem", "No trainer is reachable: the run was not resumed.");
        browser.click("#again");
        assertThat(browser.value("[name=seed]")).isEqualTo("17");
        assertThat(browser.value("[name=limit]")).isEqualTo("5000");
        assertThat(browser.value("[name=learningRate]")).isEqualTo("0.05");
        assertThat(browser.value("[name=kind]")).isEqualTo("selective");
        assertThat(browser.value("[name=keep]")).isEqualTo("0.5");
    }

    @Test
    void printsSwapAndCancellationAsCommands() throws IOException {
        new Trained(wires, "by-command", 26_000).begins().epoch(.5, true).publish();
        signIn("/control/runs/by-command", "ada");
        browser.click("#copy-swap summary");
        browser.awaitText("#swap-command", "deploy/dietsb policy by-command selective --keep 0.5 ");
        // When
        browser.choose("[name=kind]", "random");
        browser.awaitText("#swap-command", "deploy/dietsb policy by-command random --keep ");
        browser.type("[name=keep]", "1/3");
        browser.click("#schedule summary");
        browser.type("[name=fromEpoch]", "4");
        // Then
        browser.awaitText("#swap-command", "deploy/dietsb policy by-command random --keep 1/3 ");
        browser.awaitText("#swap-command", " --from-epoch 4 --if-revision 0");
        assertThat(browser.text("#swap-curl"))
                .contains("curl -X PUT 'http://", "/runs/by-command/policy?fromEpoch=4&who=ada'")
                .contains("-H 'If-Match: \"0\"'", "\"kind\":\"random\"", "\"keep\":\"1/3\"");
        browser.click("[data-copies=swap-command]");
        browser.awaitText("[data-copies=swap-command]", "ed");
        browser.click("#cancel summary");
        browser.click("#copy-cancel summary");
        assertThat(browser.text("#cancel-command")).isEqualTo("deploy/dietsb cancel by-command");
        assertThat(browser.text("#cancel-curl")).contains("curl -X DELETE ", "/runs/by-command", "$DIETSB_TOKEN");
        pictures("run-commands");
        browser.type("[name=keep]", "2");
        browser.awaitText("#swap-commands", "No command: keep is 2");
    }

    @Test
    void changesItsFormsWhenTheRunEnds() {
        Trained run =
                new Trained(wires, "ending", 25_000).begins().epoch(.5, true).publish();
        signIn("/control/runs/ending", "ada");
        browser.awaitText("aside", "Cancel the run");
        run.ends(Run.State.CANCELLED, "cancelled by ada").publish();
        browser.awaitText("aside", "The run is over.");
        browser.awaitText(".actions", "Resume from the last checkpoint");
        assertThat(browser.count("#swap")).isZero();
    }

    @Test
    void offersWhatARunHas() {
        new Trained(wires, "whole", 21_000)
                .begins()
                .epoch(.5, true)
                .ends(Run.State.COMPLETED, "")
                .publish();
        new Trained(wires, "whole-proxy", 21_000)
                .ordered(order -> order.setProxyOf("whole"))
                .publish();
        browser.open("/control/runs/whole");
        browser.awaitText(".actions", "Epochs as CSV Model Its description API");
        assertThat(browser.count("#resume")).isZero();
        browser.click("a[href$='model.safetensors']");
        browser.awaitText(".problem", "No trainer is reachable, which has the file.");
        browser.open("/control/runs/whole-proxy");
        browser.awaitText("#live", "queued");
        assertThat(browser.count("#again"))
                .as("a proxy is ordered with its run")
                .isZero();
        browser.open("/control/runs/nobodys/epochs.csv");
        browser.awaitText("h1", "There is no run nobodys");
    }

    @Test
    void tellsTheValuesOfAChartAtThePointerAndInTheFocus() throws IOException {
        Trained run = new Trained(wires, "charted", 22_000).begins();
        for (int epoch = 1; epoch <= 3; epoch++) {
            run.epoch(.5, true);
        }
        run.publish().judged(3);
        browser.look(1280, 900, false);
        browser.open("/control/runs/charted");
        browser.awaitText(".chart", "epoch 3");

        // Then the axes have names, and that of accuracy does not begin at 0
        assertThat(browser.texts(".chart .name"))
                .contains("share of the test set", "epoch", "nats per example", "loss of an example, nats", "examples");
        assertThat(browser.texts(".chart:first-child .up")).startsWith("55 %").doesNotContain("0 %");
        assertThat(browser.tops(".charts svg").stream().distinct())
                .as("legends do not shift plots: three rows of two")
                .hasSize(3);

        // When
        assertThat(browser.shown(".band text")).isEmpty();
        browser.point("#loss-epoch-2 rect");

        // Then
        assertThat(browser.shown(".band text")).containsExactly("epoch 2trained 0.844seen 0.675selected 1.182");
        pictures("charts-pointed");
        browser.point("h1");

        // And by the keyboard, also after the page was updated
        browser.press("#accuracy-epoch-3", Keys.ARROW_LEFT);
        assertThat(browser.shown(".band text")).containsExactly("epoch 2test set 69.87 %");
        run.epoch(.5, true).publish();
        browser.awaitText("#live", "epoch 5 of 10");
        assertThat(browser.shown(".band text")).containsExactly("epoch 2test set 69.87 %");
    }

    @Test
    void keepsTheLossesAfterASwapToRandomAndTriesTheWayBack() throws IOException {
        Trained run = new Trained(wires, "swapped-away", 23_000).begins();
        run.epoch(.5, true).epoch(.5, true).epoch(.25, false).publish().judgedBeforeRandom(2, 3);
        browser.look(1280, 900, false);
        browser.open("/control/runs/swapped-away");
        browser.awaitText(".chart figcaption", "epoch 2");
        browser.choose("[name=kind]", "selective");
        browser.awaitText("#dry-run", "Effect on the last batch with a selection pass, of epoch 2");
        browser.choose("[name=kind]", "random");
        browser.awaitText("#dry-run", "Effect on the run's last 2 batches");
    }

    @Test
    void reachesTheSwapOnAPhoneAtOnceAndCutsNoColumn() throws IOException {
        new Trained(wires, "on-a-phone", 24_000)
                .begins()
                .epoch(.5, true)
                .epoch(.5, true)
                .publish();
        browser.look(360, 740, false);
        browser.open("/control/runs/on-a-phone");
        browser.awaitText("#live", "epoch 3 of 10");
        browser.click("#figures summary");
        assertThat(browser.text("#figures tbody tr:first-child")).startsWith("Epoch 1");
        assertThat(browser.count("#figures tr:first-child td[data-label]")).isEqualTo(9);
        assertThat(browser.cut(".scroll"))
                .as("scrolling regions whose content is cut")
                .isEmpty();
        browser.picture("figures-phone");
        assertThat(browser.tops(".jump a")).first().satisfies(top -> assertThat(top)
                .isLessThan(740));
        browser.click(".jump a");
        assertThat(browser.path()).isEqualTo("/control/runs/on-a-phone#swap-title");
    }
}
