package org.dietsb.contracts.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {

    @Test
    void namesTheRunThatIsOverFirst() {
        Waiting.Busy near = Waiting.Busy.of("near", 3, 4, .5, 240);
        Waiting.Busy far = Waiting.Busy.of("far", 1, 100, 0, 240);
        Waiting.Busy unknown = Waiting.Busy.of("new", 0, 0, 0, Double.NaN);

        assertThat(Waiting.text(List.of(near), 0)).isEqualTo("trainer busy with near, about 6 min");
        assertThat(Waiting.text(List.of(far), 0)).isEqualTo("trainer busy with far, about 7 h");
        assertThat(Waiting.text(List.of(unknown), 0)).isEqualTo("trainer busy with new");
        assertThat(Waiting.text(List.of(unknown, far, near), 1))
                .isEqualTo("3 trainers busy, the first with near, about 6 min; 1 run is before it");
        assertThat(Waiting.text(List.of(new Waiting.Busy("last", .2)), 2))
                .isEqualTo("trainer busy with last, about 1 s; 2 runs are before it");
        assertThat(Waiting.text(List.of(), 0)).isEqualTo("an idle trainer");
    }
}
