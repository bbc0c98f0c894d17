package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.dietsb.browser.Browser;
import org.dietsb.kit.door.Callers;
import org.dietsb.selector.topic.Wires;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests of the control room in a real browser, on a real broker, with runs published as a trainer publishes them. */
abstract class InBrowser {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrapServers;

    @ConfigProperty(name = "quarkus.http.test-port")
    int port;

    Wires wires;
    Browser browser;

    /** One for the tests of a class, which forgets between them: to start Chromium costs more than most tests. */
    private static @Nullable Browser started;

    @BeforeEach
    void open() throws IOException {
        if (started == null) {
            started = Browser.start("http://localhost:" + port);
        }
        browser = started;
        wires = new Wires(bootstrapServers, "selector-policies", 0);
    }

    @AfterEach
    void close() {
        wires.close();
        browser.forget();
    }

    @AfterAll
    static void end() {
        if (started != null) {
            started.close();
            started = null;
        }
    }

    void signIn(String back, String name) {
        signIn(browser, back, name);
    }

    static void signIn(Browser browser, String back, String name) {
        browser.open("/control/sign-in?back=" + back);
        browser.type("[name=name]", name);
        browser.type("[name=token]", Callers.WRITER_TOKEN);
        browser.click("button.main");
        browser.awaitText("header", "signed in as " + name);
        assertThat(browser.path()).isEqualTo(back);
    }

    void pictures(String name) throws IOException {
        browser.look(1280, 800, false);
        browser.picture(name + "-light");
        browser.mustBeFitForAll();
        browser.look(1280, 800, true);
        browser.picture(name + "-dark");
        browser.mustBeFitForAll();
        browser.look(360, 740, false);
        browser.picture(name + "-phone");
        browser.mustBeFitForAll();
        browser.look(1280, 800, false);
    }
}
