package org.dietsb.selector.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.dietsb.selector.report.Usage.Used;
import org.junit.jupiter.api.Test;

class UsageTest {
    private final Usage usage = new Usage("run", 7, 3, 0, new char[] {2, 0, 5, 2, 65_535, 0});

    @Test
    void countsExamplesByHowOftenTheyWereSelected() {
        assertThat(usage.histogram()).containsExactly(entry(0, 2), entry(2, 2), entry(5, 1), entry(65_535, 1));
    }

    @Test
    void listsTheLeastAndTheMostSelectedTiesByIndex() {
        assertThat(usage.least(3)).containsExactly(new Used(1, 0), new Used(5, 0), new Used(0, 2));
        assertThat(usage.most(3)).containsExactly(new Used(4, 65_535), new Used(2, 5), new Used(0, 2));
        assertThat(usage.least(0)).isEmpty();
        assertThat(usage.most(100)).hasSize(6);
    }
}
