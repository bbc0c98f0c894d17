package org.dietsb.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the tests of the pages rely on: a page that is not fit for all is found. */
class BrowserTest {
    private static final String PAGE = "data:text/html,<html lang=en><title>A page</title><main><h1>Heading</h1>";

    /** Pages replace what they show at any time. */
    @Test
    void readsAnElementThatIsReplacedMeanwhile() throws IOException {
        try (Browser browser = Browser.start(PAGE)) {
            browser.open("<div id=d></div><script>setInterval(() => d.innerHTML = '<p>a</p>', 20)</script>");
            for (int i = 0; i < 60; i++) {
                assertThat(browser.text("p")).isEqualTo("a");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "color-contrast, <p style='color:%23ccc;background:white'>faint</p>",
        "image-alt, <img src='x.png'>",
        "label, <input type=text>"
    })
    void findsWhatIsWrong(String rule, String wrong) throws IOException {
        try (Browser browser = Browser.start(PAGE)) {
            browser.open("<p>Right.</p>");
            browser.mustBeFitForAll();
            // When
            browser.open(wrong);
            // Then
            assertThatThrownBy(browser::mustBeFitForAll)
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(rule);
        }
    }
}
