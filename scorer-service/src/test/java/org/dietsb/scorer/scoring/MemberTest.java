package org.dietsb.scorer.scoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionFailed;
import org.junit.jupiter.api.Test;

class MemberTest {
    private static final float[] NORMS = {.1f, .2f, .3f, .4f, .5f};
    private static final float[] OTHERS = {1.1f, 1.2f, 1.3f, 1f, 0f};
    private final Member member = new Member();

    @Test
    void isCompleteWhenItsChunksCoverEveryExample() {
        List<PredictionErrors> chunks = chunks(1, NORMS, 2);
        member.add(chunks.get(2));
        member.add(chunks.get(0));
        assertThat(member.report()).isEmpty();
        member.add(chunks.get(1));
        assertThat(member.report().orElseThrow().errorNorms()).containsExactly(NORMS);
        assertThat(member.report().orElseThrow().labels()).containsExactly(0, 1, 2, 0, 1);
        assertThat(member.report().orElseThrow().examplesTrained()).isEqualTo(10);
    }

    @Test
    void repeatedChunksCountOnce() {
        chunks(1, NORMS, 2).forEach(member::add);
        chunks(1, NORMS, 2).forEach(member::add);
        assertThat(member.report().orElseThrow().errorNorms()).containsExactly(NORMS);
    }

    @Test
    void aHigherAttemptReplacesALowerWhichIsThenIgnored() {
        chunks(1, NORMS, 2).forEach(member::add);
        member.add(chunks(5, OTHERS, 2).get(0));
        assertThat(member.report()).isEmpty();
        chunks(1, NORMS, 2).forEach(member::add);
        assertThat(member.report()).isEmpty();
        chunks(5, OTHERS, 2).forEach(member::add);
        assertThat(member.report().orElseThrow().errorNorms()).containsExactly(OTHERS);
    }

    @Test
    void aFailureOfALowerAttemptIsIgnored() {
        chunks(5, NORMS, 2).forEach(member::add);
        member.fail(failed(4));
        assertThat(member.failure()).isEmpty();
        member.fail(failed(6));
        assertThat(member.failure()).contains("no memory");
        assertThat(member.report()).isEmpty();
        chunks(7, NORMS, 5).forEach(member::add);
        assertThat(member.failure()).isEmpty();
        assertThat(member.report()).isPresent();
    }

    @Test
    void flawsOfChunksAreNamed() {
        PredictionErrors good = chunks(1, NORMS, 5).get(0);
        assertThat(flaw(good)).isEmpty();
        assertThat(flaw(good.toBuilder().setErrorNorms(0, 1.4142135f).build())).isEmpty();
        assertThat(flaw(good.toBuilder().addLabels(1).build())).contains("5 error norms and 6 labels");
        assertThat(flaw(good.toBuilder().clearErrorNorms().clearLabels().build()))
                .contains("0 error norms and 0 labels");
        assertThat(flaw(good.toBuilder().setErrorNorms(3, Float.NaN).build()))
                .contains("error norm is NaN, allowed is [0, sqrt 2]");
        assertThat(flaw(good.toBuilder().setErrorNorms(3, 1.42f).build()))
                .contains("error norm is 1.42, allowed is [0, sqrt 2]");
        assertThat(flaw(good.toBuilder().setErrorNorms(3, -.1f).build())).isPresent();
        assertThat(flaw(good.toBuilder().setFirstIndex(1).build())).contains("ends at index 6 of 5 examples");
        assertThat(flaw(good.toBuilder().setFirstIndex(-3).build())).isPresent();
        assertThat(flaw(good.toBuilder().setLabels(2, 3).build())).contains("label is 3 of 3 classes");
    }

    private static Optional<String> flaw(PredictionErrors chunk) {
        return Member.flaw(chunk, 100_000_000);
    }

    private static PredictionFailed failed(long attempt) {
        return PredictionFailed.newBuilder()
                .setAttempt(attempt)
                .setReason("no memory")
                .build();
    }

    private static List<PredictionErrors> chunks(long attempt, float[] norms, int size) {
        return Reports.chunks("s", 0, "s-member-0", attempt, Reports.dataset(norms.length, "f00d"), norms, size);
    }
}
