package org.dietsb.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.results.ResultType;
import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A real Chromium with an empty profile. For tests of this module and of the whole system. */
public final class Browser implements AutoCloseable {
    private static final Path PICTURES = Path.of("target", "control-room");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Time between two looks at the page while something is awaited. */
    private static final Duration EACH = Duration.ofMillis(100);

    private final ChromeDriver driver;
    private final String base;
    private final Path profile;

    private Browser(ChromeDriver driver, String base, Path profile) {
        this.driver = driver;
        this.base = base;
        this.profile = profile;
    }

    /** Starts the browser. Skips the test if Chromium is not installed. */
    public static Browser start(String base) throws IOException {
        Optional<Path> chromium = program("chromium");
        Optional<Path> chromedriver = program("chromedriver");
        Assumptions.assumeTrue(
                chromium.isPresent() && chromedriver.isPresent(),
                "chromium or chromedriver is not installed (Debian: chromium, chromium-driver)");
        Path profile = Files.createTempDirectory("chromium");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.orElseThrow().toFile());
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--user-data-dir=" + profile);
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.orElseThrow().toFile())
                .usingAnyFreePort()
                .build();
        return new Browser(new ChromeDriver(service, options), base, profile);
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    public void open(String path) {
        driver.get(base + path);
    }

    /** Opens a page in a new tab and switches to it. */
    public void openTab(String path) {
        driver.switchTo().newWindow(org.openqa.selenium.WindowType.TAB);
        open(path);
    }

    public void toTab(int number) {
        driver.switchTo().window(List.copyOf(driver.getWindowHandles()).get(number));
    }

    public String path() {
        return driver.getCurrentUrl().substring(base.length());
    }

    /** Waits for a matching element and returns the text of the first one. */
    public String text(String selector) {
        return read(() -> driver.findElement(By.cssSelector(selector)).getText());
    }

    public String value(String selector) {
        return read(() ->
                String.valueOf(driver.findElement(By.cssSelector(selector)).getDomProperty("value")));
    }

    /** Waits until a matching element contains the given text. */
    public void awaitText(String selector, String part) {
        patiently()
                .withMessage(() -> selector + " does not contain '" + part + "' but " + texts(selector))
                .until(any -> texts(selector).stream()
                        .anyMatch(text -> text.replaceAll("\\s+", " ").contains(part)));
    }

    /** Returns the texts of all matching elements. */
    public List<String> texts(String selector) {
        return each(selector, WebElement::getText);
    }

    /** Returns the number of images on the page with the given natural width. */
    public int imagesOfWidth(int width) {
        return Collections.frequency(
                each("img", image -> String.valueOf(image.getDomProperty("naturalWidth"))), String.valueOf(width));
    }

    /** Returns the sources of the images on the page. */
    public List<String> images() {
        return each("img", image -> String.valueOf(image.getDomProperty("src")));
    }

    public int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    public void click(String selector) {
        on(selector, WebElement::click);
    }

    /** Moves the pointer over a matching element. */
    public void point(String selector) {
        on(selector, element -> new Actions(driver).moveToElement(element).perform());
    }

    /** Presses a key in a matching element, which has the focus from then on. */
    public void press(String selector, CharSequence key) {
        on(selector, element -> element.sendKeys(key));
    }

    /** Returns the texts of the matching elements that are visible. */
    public List<String> shown(String selector) {
        return read(() -> driver.findElements(By.cssSelector(selector)).stream()
                .filter(element -> element.getCssValue("visibility").equals("visible"))
                .map(element -> String.valueOf(element.getDomProperty("textContent")))
                .toList());
    }

    /** Returns where the matching elements begin on the page, in pixels from its top. */
    public List<Integer> tops(String selector) {
        return each(selector, element -> element.getRect().getY());
    }

    /** Returns the labels of the matching elements whose content is wider than they are. */
    public List<String> cut(String selector) {
        return read(() -> driver.findElements(By.cssSelector(selector)).stream()
                .filter(element -> width(element, "scrollWidth") > width(element, "clientWidth"))
                .map(element -> String.valueOf(element.getDomAttribute("aria-label")))
                .toList());
    }

    private static int width(WebElement element, String property) {
        return Integer.parseInt(String.valueOf(element.getDomProperty(property)));
    }

    public void type(String selector, String text) {
        on(selector, field -> {
            field.clear();
            field.sendKeys(text);
        });
    }

    public void choose(String selector, String option) {
        on(selector, field -> new org.openqa.selenium.support.ui.Select(field).selectByVisibleText(option));
    }

    /** Applies an action to a matching element. Retries if the page replaces the element meanwhile. */
    private void on(String selector, Consumer<WebElement> action) {
        var unused = read(() -> {
            action.accept(driver.findElement(By.cssSelector(selector)));
            return true;
        });
    }

    private <T> List<T> each(String selector, Function<WebElement, T> property) {
        return read(() -> driver.findElements(By.cssSelector(selector)).stream()
                .map(property)
                .toList());
    }

    /** Waits for the elements that are read. Reads again if the page replaces one meanwhile, which Chrome also reports as an unknown error. */
    private <T> T read(Supplier<T> look) {
        return patiently().until(any -> {
            try {
                return look.get();
            } catch (WebDriverException failed) {
                if (String.valueOf(failed.getMessage()).contains("does not belong to the document")) {
                    return null;
                }
                throw failed;
            }
        });
    }

    private WebDriverWait patiently() {
        WebDriverWait wait = new WebDriverWait(driver, PATIENCE, EACH);
        wait.ignoring(org.openqa.selenium.StaleElementReferenceException.class);
        return wait;
    }

    /** Sets the size of the viewport and the preferred colour scheme. */
    public void look(int width, int height, boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        Map<String, Object> feature = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", new HashMap<>(Map.of("features", List.of(feature))));
    }

    public void lookWithoutScript(boolean without) {
        driver.executeCdpCommand("Emulation.setScriptExecutionDisabled", Map.of("value", without));
    }

    /** Saves a screenshot of the whole page in target/control-room. */
    public void picture(String name) throws IOException {
        Files.createDirectories(PICTURES);
        Number height = (Number) driver.executeScript("return document.documentElement.scrollHeight");
        Number width = (Number) driver.executeScript("return window.innerWidth");
        Map<String, Object> clip = Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1);
        Map<String, Object> shot =
                driver.executeCdpCommand("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip));
        Files.write(
                PICTURES.resolve(name + ".png"),
                OutputType.BYTES.convertFromBase64Png(String.valueOf(shot.get("data"))));
    }

    /** Asserts that the page does not overflow horizontally and that axe finds no serious problems. */
    public void mustBeFitForAll() {
        assertThat((Boolean) driver.executeScript(
                        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
                .as("the page fits into the width at " + path())
                .isTrue();
        assertThat(axe().analyze(driver).getViolations())
                .filteredOn(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                .extracting(Rule::getId, Rule::getNodes)
                .isEmpty();
    }

    /** Violations alone, on the page itself: the pages have no frames, for whose sake axe would open another tab. */
    private static AxeBuilder axe() {
        AxeRunOptions options = new AxeRunOptions();
        options.setResultTypes(List.of(ResultType.Violations.getKey()));
        return new AxeBuilder().withOptions(options).setLegacyMode();
    }

    /** Asserts that the console is free of errors such as content security violations. Rejected forms are ignored. */
    public void mustHaveNoComplaints() {
        assertThat(driver.manage().logs().get("browser").getAll())
                .extracting(Object::toString)
                .filteredOn(line ->
                        !line.contains("status of 400") && !line.contains("status of 412") && !line.contains("favicon"))
                .isEmpty();
    }

    /** Closes all tabs but one, and forgets what pages stored, said or looked like: as if the browser was started anew. */
    public void forget() {
        List<String> tabs = List.copyOf(driver.getWindowHandles());
        for (String tab : tabs.subList(1, tabs.size())) {
            driver.switchTo().window(tab).close();
        }
        driver.switchTo().window(tabs.get(0));
        driver.executeCdpCommand("Storage.clearCookies", Map.of());
        driver.executeCdpCommand("Storage.clearDataForOrigin", Map.of("origin", base, "storageTypes", "all"));
        driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of());
        lookWithoutScript(false);
        driver.get("about:blank");
        var said = driver.manage().logs().get("browser");
        assertThat(said).isNotNull();
    }

    @Override
    public void close() {
        driver.quit();
        // Its last processes may still write to the profile.
        await().ignoreExceptions().until(this::isForgotten);
    }

    private boolean isForgotten() throws IOException {
        try (Stream<Path> files = Files.walk(profile)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
        return true;
    }
}
