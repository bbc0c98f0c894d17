package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.startsWith;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.TestBroker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Types orders: words, shares, costs, presets, refusals; and signs in. */
@QuarkusTest
@Tag("quarkus")
@QuarkusTestResource(TestBroker.class)
class OrderPageTest extends InBrowser {

    @Test
    void showsEveryRefusalAtItsFieldAndGoesToTheFirst() throws IOException {
        signIn("/control/order", "ada");
        browser.choose("[name=kind]", "selective");
        browser.awaitText("#parameters", "mostly the examples of high loss");
        browser.type("[name=epochs]", "ten");
        browser.type("[name=batchSize]", "0");
        browser.type("[name=keep]", "150 %");
        browser.type("[name=start]", "soon");
        browser.click("#order button.main");

        browser.awaitText("#wrong-epochs", "Epochs is ten, allowed is an integer");
        assertThat(browser.text("#wrong-batchSize")).isEqualTo("Batch size is 0, allowed is [1, 65536]");
        assertThat(browser.text("#wrong-start")).startsWith("Start is soon, allowed is a number such as 0.5");
        assertThat(browser.text(".problem")).contains("epochs is ten", "batchSize is 0", "start is soon");
        assertThat(browser.count("[aria-invalid]")).isEqualTo(4);
        assertThat(browser.count("[name=epochs][aria-describedby='wrong-epochs about-epochs']:focus"))
                .isEqualTo(1);
        assertThat(browser.value("[name=keep]")).isEqualTo("150 %");
        pictures("order-refused");

        // And what is right is no longer refused
        browser.type("[name=epochs]", "12");
        browser.type("[name=batchSize]", "64");
        browser.type("[name=start]", "10 %");
        browser.type("[name=keep]", "1.5");
        browser.click("#order button.main");
        browser.awaitText("#wrong-keep", "Share of each batch to train on is 1.5, allowed is (0, 1]");
        assertThat(browser.count("[aria-invalid]")).isEqualTo(1);
        browser.type("[name=keep]", "50 %");
        browser.click("#order button.main");
        browser.awaitText(".problem", "No trainer is reachable: the run was not ordered.");
        assertThat(browser.value("[name=keep]")).isEqualTo("50 %");
        assertThat(browser.value("[name=start]")).isEqualTo("10 %");
    }

    @Test
    void saysWhatTheTypedValuesCostAsTheyAreTyped() throws IOException {
        browser.open("/control/order?kind=selective&epochs=12");
        // (1 + 3 keep) / 3 passes per epoch
        browser.awaitText("#cost", "Trains 50 % of the examples; an epoch costs 0.83 of one that trains on everything");
        assertThat(browser.text("#cost"))
                .contains(
                        "0.33 for selection passes, 0.5 for training",
                        "Over 12 epochs: 10 passes over the training set in place of 12",
                        "(s + 3 keep) / 3");
        browser.type("[name=keep]", "1/4");
        browser.awaitText("#cost", "Trains 25 % of the examples; an epoch costs 0.58");
        browser.type("[name=end]", ".5");
        browser.awaitText("#cost", "Trains 62.5 % of the examples; an epoch costs 0.79");
        browser.type("[name=keep]", "1/");
        browser.awaitText("#cost", "The cost shows once every value is allowed.");
        browser.type("[name=keep]", "25%");
        browser.awaitText("#cost", "Trains 62.5 % of the examples; an epoch costs 0.79");
        browser.choose("[name=kind]", "infobatch");
        browser.awaitText("#cost", "Only a run tells what it leaves out");
        assertThat(browser.texts("#order fieldset:first-of-type > label"))
                .anySatisfy(text -> assertThat(text).contains("Batch size examples", "[1, 65536]"));
        browser.click("#order details summary");
        assertThat(browser.count("[name=augment] option[value='crop,flip']")).isEqualTo(1);
        pictures("order-usual");
    }

    @Test
    void fillsInPresetsAndOffersToScoreBeforeADiet() throws IOException {
        signIn("/control/order", "ada");
        browser.type("[name=epochs]", "7");
        browser.click("[name=preset][value=poster]");
        browser.awaitText("#cost", "Trains 50 % of the examples");
        assertThat(browser.value("[name=kind]")).isEqualTo("diet-selective");
        assertThat(browser.value("[name=prePruned]")).isEqualTo("1/4");
        assertThat(browser.value("[name=keep]")).isEqualTo("2/3");
        assertThat(browser.value("[name=epochs]")).isEqualTo("7");
        assertThat(browser.text("#cost")).contains("and 4 for scoring, once");
        assertThat(browser.text("#about-scoreSet"))
                .contains("empty = the scoring is ordered too, and the run waits for its scores");
        pictures("order-preset");
        browser.click("#order button.main");
        browser.awaitText(".problem", "No scorer is reachable: the scores of the diet were not ordered.");
        assertThat(browser.value("[name=prePruned]")).isEqualTo("1/4");
        browser.click("[name=preset][value=save-half]");
        browser.awaitText("#cost", "Trains 50 % of the examples; an epoch costs 0.5 of one that trains on everything.");
        assertThat(browser.value("[name=kind]")).isEqualTo("random");
    }

    @Test
    void checksTheTokenAtTheSignInAndTakesAnyName() throws IOException {
        browser.open("/control/sign-in?back=/control/order");
        browser.type("[name=name]", "Zo\u00eb O\u2019Neil-\u0141uk");
        browser.type("[name=token]", "not-the-token-of-this-selector");
        browser.click("button.main");
        browser.awaitText(".problem", "This token is not valid here.");
        assertThat(browser.path()).isEqualTo("/control/sign-in");
        assertThat(browser.value("[name=name]")).isEqualTo("Zo\u00eb O\u2019Neil-\u0141uk");
        pictures("sign-in");
        browser.type("[name=token]", Callers.WRITER_TOKEN);
        browser.click("button.main");
        browser.awaitText("header", "signed in as Zo\u00eb O\u2019Neil-\u0141uk");
        browser.open("/control/default-policy?kind=baseline");
        browser.click("#default button.main");
        browser.awaitText("h1", "Runs");
        browser.open("/control/sign-in");
        browser.type("[name=name]", "ada;drop");
        browser.type("[name=token]", Callers.WRITER_TOKEN);
        browser.click("button.main");
        browser.awaitText(".problem", "This is no name: allowed are 1 to 80 letters of any language");
    }

    @Test
    void refusesAPolicyOverRestWithEveryViolation() {
        Callers.writer()
                .contentType("application/json")
                .body("{\"kind\": \"orderdp\", \"keep\": \"150 %\", \"start\": \"soon\", \"draw\": 0}")
                .put("/policies/default")
                .then()
                .statusCode(400)
                .contentType("application/problem+json")
                .body(
                        "violations.field",
                        containsInAnyOrder("start", "keep", "draw"),
                        "violations.in",
                        everyItem(equalTo("body")),
                        "violations.find { it.field == 'start' }.message",
                        startsWith("start is soon, allowed is a number such as 0.5"));
        Callers.writer()
                .contentType("application/json")
                .body("{\"kind\": \"orderdp\", \"keep\": \"150 %\", \"draw\": 0}")
                .put("/policies/default")
                .then()
                .statusCode(400)
                .body(
                        "violations.field",
                        containsInAnyOrder("keep", "draw"),
                        "detail",
                        equalTo("keep is 1.5, allowed is (0, 1]; draw is 0, allowed is (0, 1]"));
    }
}
