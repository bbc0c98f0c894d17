package org.dietsb.selector.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Index.atIndex;

import org.junit.jupiter.api.Test;

class TimesSelectedTest {

    @Test
    void countsEachExampleAndSkipsThoseThatWereNeverSelected() {
        TimesSelected times = new TimesSelected(10_000);
        times.count(3);
        times.count(9_999);
        times.count(9_999);
        assertThat(times.of(3)).isEqualTo(1);
        assertThat(times.of(9_999)).isEqualTo(2);
        assertThat(times.of(5_000)).isZero();
        assertThat(times.next(0)).isEqualTo(3);
        assertThat(times.next(4)).isEqualTo(9_999);
        assertThat(times.next(10_000)).isEqualTo(10_000);
        assertThat(times.all()).hasSize(10_000).contains((char) 2, atIndex(9_999));
    }

    @Test
    void saturatesAtTheLargestCount() {
        TimesSelected times = new TimesSelected(1);
        times.note(0, TimesSelected.MOST - 1);
        times.count(0);
        assertThat(times.of(0)).isEqualTo(65_535);
        times.count(0);
        assertThat(times.of(0)).isEqualTo(65_535);
    }
}
