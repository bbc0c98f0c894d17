package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyCourseTest {
    private static final Policy DIET =
            Policy.ofKind(PolicyKind.DIET_SELECTIVE).scoreSet("s").build();
    private static final Policy RANDOM =
            Policy.ofKind(PolicyKind.RANDOM).keep(.5).build();
    private static final Policy LESS =
            Policy.ofKind(PolicyKind.RANDOM).keep(.25).build();

    private static PolicyCourse.Part part(Policy policy, int epoch, int batch) {
        return new PolicyCourse.Part(policy, epoch, batch);
    }

    @Test
    void namesARunByAllItsPolicies() {
        PolicyCourse course = PolicyCourse.of(List.of(part(DIET, 1, 0), part(RANDOM, 3, 0)));
        assertThat(course.isSwapped()).isTrue();
        assertThat(course.words()).isEqualTo("diet-selective, then random from epoch 3");
        assertThat(course.inShort()).isEqualTo(course.words());
        assertThat(course.words(policy -> policy.kind().label() + ", keep " + policy.keep()))
                .isEqualTo("diet-selective, keep 0.6666666666666666, then random, keep 0.5 from epoch 3");
    }

    @Test
    void namesMoreThanTwoByTheLastInATable() {
        PolicyCourse course =
                PolicyCourse.of(List.of(part(DIET, 1, 0), part(RANDOM, 3, 0), part(LESS, 3, 7), part(DIET, 4, 0)));
        assertThat(course.inShort()).isEqualTo("several policies, at last diet-selective");
        assertThat(course.words())
                .isEqualTo("diet-selective, then random from epoch 3, then random from epoch 3, batch 7,"
                        + " then diet-selective from epoch 4");
    }

    @Test
    void aSwapToTheSamePolicyIsNone() {
        PolicyCourse course = PolicyCourse.of(List.of(part(RANDOM, 1, 0), part(RANDOM, 3, 0)));
        assertThat(course.isSwapped()).isFalse();
        assertThat(course.words()).isEqualTo("random");
        assertThat(PolicyCourse.of(List.of()).isSwapped()).isFalse();
    }

    @Test
    void aShortenedListHasTheFirstAndTheLastOnes() {
        assertThat(PolicyCourse.shortened(List.of(1, 2, 3))).containsExactly(1, 2, 3);
        List<Integer> many = IntStream.rangeClosed(1, 20).boxed().toList();
        assertThat(PolicyCourse.shortened(many)).containsExactly(1, 14, 15, 16, 17, 18, 19, 20);
    }
}
