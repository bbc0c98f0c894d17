package org.dietsb.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dietsb.trainer.train.ScriptedSelector.HIGHER_HALF;
import static org.dietsb.trainer.train.TestRun.BATCHES;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyKind;
import org.dietsb.trainer.TestDevice;
import org.dietsb.trainer.loss.Announcement;
import org.dietsb.trainer.loss.OnTimeout;
import org.dietsb.trainer.mask.Answer;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Safetensors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A run whose losses or weights are no longer finite ends at once, whatever its policy needs. */
class DivergenceTest {
    private static final double FAR_TOO_HIGH = 9e5;

    /** Remembers what reached the selector. */
    private record Heard(ScriptedSelector.Script script, List<float[]> losses) implements ScriptedSelector.Script {
        Heard(ScriptedSelector.Script script) {
            this(script, new ArrayList<>());
        }

        @Override
        public @Nullable Answer toBatch(Announcement batch) {
            if (batch.losses() != null) {
                losses.add(batch.losses());
            }
            return script.toBatch(batch);
        }

        @Override
        public void heard(ScriptedSelector.Step step) {
            losses.add(step.losses());
        }
    }

    static Stream<Arguments> runs() {
        return Stream.of(
                Arguments.of("selective", TestRun.HALF, HIGHER_HALF, 4),
                Arguments.of("selective, exact", TestRun.HALF, HIGHER_HALF, 1),
                Arguments.of("accumulate", TestRun.selective(Policy.Batching.ACCUMULATE), HIGHER_HALF, 4),
                Arguments.of("random", TestRun.random(), ScriptedSelector.first(16), 4),
                Arguments.of("baseline", Policy.BASELINE, (ScriptedSelector.Script) ScriptedSelector::whole, 4),
                Arguments.of(
                        "infobatch",
                        TestRun.scheduled(PolicyKind.INFOBATCH, 0, .75, 0),
                        (ScriptedSelector.Script) ScriptedSelector::whole,
                        4),
                Arguments.of(
                        "repb",
                        TestRun.scheduled(PolicyKind.REPB, 0, .75, 0),
                        (ScriptedSelector.Script) ScriptedSelector::whole,
                        4),
                Arguments.of("silent selector", TestRun.HALF, (ScriptedSelector.Script) batch -> null, 4));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("runs")
    void nonFiniteLossEndsTheRun(String name, Policy policy, ScriptedSelector.Script script, int window) {
        Heard heard = new Heard(script);
        List<LoopState> barriers = new ArrayList<>();
        TestRun run = new TestRun()
                .epochs(4)
                .policy(policy)
                .window(window)
                .checkpointEvery(2)
                .patience(Duration.ofMillis(5), OnTimeout.WHOLE)
                .schedule("constant", FAR_TOO_HIGH)
                .atBarrier((state, network) -> {
                    assertThat(network.nonFiniteTensor()).isNull();
                    barriers.add(state);
                });

        assertThatThrownBy(() -> run.run(heard))
                .isInstanceOf(RunFailedException.class)
                .hasMessageMatching(
                        "training diverged in epoch [1-4], batch [0-6], at learning rate 900000: .* Try a lower"
                                + " learningRate, or a longer warm-up \\(warmupEpochs\\)");
        for (float[] losses : heard.losses()) {
            for (float loss : losses) {
                assertThat(loss).isFinite();
            }
        }
        for (LoopState state : barriers) {
            LoopState.Running running = state.running();
            assertThat(running == null || Double.isFinite(running.sums().trainLoss()))
                    .isTrue();
        }
    }

    @Test
    void batchAndRateAreThoseOfTheLastStep() {
        Divergence divergence = new Divergence();

        assertThatThrownBy(() -> divergence.finite("the loss of a selection pass", new float[] {1, Float.NaN}))
                .hasMessage(
                        "before the first step of this attempt, the loss of a selection pass is NaN: check the initial"
                                + " weights");
        divergence.stepAt(2, 7, .05);
        assertThatThrownBy(() -> divergence.finite("the loss of a step", new float[] {Float.POSITIVE_INFINITY}))
                .hasMessage(
                        "training diverged in epoch 2, batch 7, at learning rate 0.05: the loss of a step is Infinity."
                                + " Try a lower learningRate, or a longer warm-up (warmupEpochs)");
        divergence.finite("the loss of a step", new float[] {0, Float.MAX_VALUE});
    }

    /** The loss of the last step is finite, and there is no other that could show what the step made of the weights. */
    @Test
    void weightsThatTheLastStepMakesInfiniteEndTheRun(@TempDir Path folder) throws Exception {
        // Given: the state before the last batch, with a velocity that the learning rate makes infinite.
        Path file = folder.resolve("state.safetensors");
        List<LoopState> states = new ArrayList<>();
        new TestRun()
                .checkpointEvery(1)
                .evaluateEvery(0)
                .atBarrier((state, network) -> {
                    if (state.epoch() == 2 && state.batch() == BATCHES - 1) {
                        states.add(state);
                        write(network, file);
                    }
                })
                .run(HIGHER_HALF);
        Map<String, float[]> tensors = Safetensors.read(file).tensors();
        Arrays.fill(Objects.requireNonNull(tensors.get("velocity.fc.bias")), Float.MAX_VALUE);

        // When, then
        TestRun last = new TestRun()
                .checkpointEvery(1)
                .evaluateEvery(0)
                .schedule("constant", FAR_TOO_HIGH)
                .from(states.get(0), tensors);
        assertThatThrownBy(() -> last.run(HIGHER_HALF))
                .isInstanceOf(RunFailedException.class)
                .hasMessageStartingWith(
                        "training diverged in epoch 2, batch 6, at learning rate 900000: tensor fc.bias has"
                                + " values that are not finite. ");
    }

    @Test
    void statisticsOfBatchNormAreWeightsToo(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("state.safetensors");
        try (Network network =
                Network.create(TestDevice.fresh("resnet8", 1, 10, 7, .9, 0), TestDevice.CPU, TestDevice.FLOAT32)) {
            write(network, file);
        }
        Safetensors.Content content = Safetensors.read(file);
        // Large values, whose sum is infinite, are finite.
        Arrays.fill(Objects.requireNonNull(content.tensors().get("fc.bias")), Float.MAX_VALUE);
        assertThat(nonFinite(content)).isNull();
        Objects.requireNonNull(content.tensors().get("bn1.running_var"))[3] = Float.POSITIVE_INFINITY;
        assertThat(nonFinite(content)).isEqualTo("bn1.running_var");
    }

    private static @Nullable String nonFinite(Safetensors.Content content) {
        NetworkSpec.Origin origin = new NetworkSpec.Origin("resnet8", null, null, content);
        try (Network network =
                Network.create(new NetworkSpec(origin, 1, 10, 7, .9, 0), TestDevice.CPU, TestDevice.FLOAT32)) {
            return network.nonFiniteTensor();
        }
    }

    private static void write(Network network, Path file) {
        try {
            network.writeTraining(file, Map.of());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
