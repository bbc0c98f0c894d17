package org.dietsb.selector.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.dietsb.contracts.RandomStream;
import org.dietsb.selector.history.LossHistory;
import org.junit.jupiter.api.Test;

class RandomLikeTest {
    private static final int EXAMPLES = 1_000;
    private static final int SIZE = 64;

    private static int[][] batches(int[] shuffled) {
        return IntStream.iterate(0, first -> first < shuffled.length, first -> first + SIZE)
                .mapToObj(first -> Arrays.copyOfRange(shuffled, first, Math.min(shuffled.length, first + SIZE)))
                .toArray(int[][]::new);
    }

    private static int[] shuffled(BitSet among, long seed) {
        int[] indices = among.stream().toArray();
        RandomStream.of("shuffle", seed).shuffle(indices, 1);
        return indices;
    }

    private static BitSet all() {
        BitSet all = new BitSet();
        all.set(0, EXAMPLES);
        return all;
    }

    private static BitSet indices(int[] of, BitSet places) {
        BitSet selected = new BitSet();
        places.stream().forEach(place -> selected.set(of[place]));
        return selected;
    }

    @Test
    void keepsAsManyOfEachBatchAsTheRecordAndOthers() {
        // Given: a recorded epoch of selective, whose batches are those of the control, which has the same seed.
        int[][] batches = batches(shuffled(all(), 3));
        int[] counts = new int[batches.length];
        BitSet recorded = new BitSet();
        for (int i = 0; i < batches.length; i++) {
            float[] losses = new float[batches[i].length];
            for (int place = 0; place < losses.length; place++) {
                losses[place] = batches[i][place];
            }
            // Batches that differ in what they keep.
            int[] places = new RankSelective(i % 2 == 0 ? .25 : .5)
                    .select(new Batch(3, 1, i, losses.length, losses), new LossHistory(1));
            counts[i] = places.length;
            for (int place : places) {
                recorded.set(batches[i][place]);
            }
        }

        // When
        RandomLike like = RandomLike.of(recorded, null);
        BitSet drawn = new BitSet();
        for (int i = 0; i < batches.length; i++) {
            int count = like.count(batches[i], (long) i * SIZE);
            assertThat(count).isEqualTo(counts[i]);
            BitSet places = RandomLike.select(new Batch(3, 1, i, batches[i].length, new float[0]), count);
            assertThat(places.cardinality()).isEqualTo(counts[i]);
            drawn.or(indices(batches[i], places));
        }

        // Then
        assertThat(like.kept(3, 1, EXAMPLES)).isNull();
        assertThat(drawn.cardinality()).isEqualTo(recorded.cardinality());
        drawn.and(recorded);
        assertThat(drawn.cardinality() / (double) recorded.cardinality())
                .as("the overlap is that of chance, .375: standard deviation .02")
                .isCloseTo(recorded.cardinality() / (double) EXAMPLES, within(.08));
    }

    @Test
    void keepsAsManyOfTheEpochWhateverTheBatchesAre() {
        BitSet recorded = Smallest.among(all(), 377, RandomStream.of("test", 1)::uniform);
        RandomLike like = RandomLike.of(recorded, null);
        int total = 0;
        for (int[] batch : batches(shuffled(all(), 99))) {
            total += like.count(batch, 0);
        }
        assertThat(total).isEqualTo(377);
    }

    @Test
    void leavesOutAsManyAsTheDietAndDividesTheRestAmongTheBatches() {
        BitSet diet = Smallest.among(all(), 750, RandomStream.of("test", 2)::uniform);
        BitSet recorded = Smallest.among(diet, 500, RandomStream.of("test", 3)::uniform);
        RandomLike like = RandomLike.of(recorded, diet);
        BitSet kept = like.kept(5, 1, EXAMPLES);
        assertThat(kept).isNotNull();
        assertThat(kept.cardinality()).isEqualTo(750);
        assertThat(kept)
                .isNotEqualTo(diet)
                .isNotEqualTo(like.kept(5, 2, EXAMPLES))
                .isEqualTo(like.kept(5, 1, EXAMPLES));

        int total = 0;
        int first = 0;
        for (int[] batch : batches(shuffled(kept, 5))) {
            int count = like.count(batch, first);
            assertThat((double) count).isCloseTo(batch.length * 2 / 3., within(1.));
            total += count;
            first += batch.length;
        }
        assertThat(total).isEqualTo(500);
    }

    @Test
    void takesWholeBatchesOfAnEpochThatWasDecidedAtOnce() {
        BitSet epoch = Smallest.among(all(), 613, RandomStream.of("test", 4)::uniform);
        RandomLike like = RandomLike.of(epoch, epoch);
        BitSet kept = like.kept(5, 1, EXAMPLES);
        assertThat(kept).isNotNull();
        assertThat(kept.cardinality()).isEqualTo(613);
        int first = 0;
        for (int[] batch : batches(shuffled(kept, 5))) {
            assertThat(like.count(batch, first)).isEqualTo(batch.length);
            first += batch.length;
        }
    }

    @Test
    void selectsEveryPlaceEquallyOften() {
        int draws = 20_000;
        int[] times = new int[10];
        for (int batch = 0; batch < draws; batch++) {
            RandomLike.select(new Batch(1, 1, batch, 10, new float[0]), 3).stream()
                    .forEach(place -> times[place]++);
        }
        // Five standard deviations of a binomial.
        double tolerance = 5 * Math.sqrt(.3 * .7 / draws);
        for (int of : times) {
            assertThat(of / (double) draws).isCloseTo(.3, within(tolerance));
        }
    }

    @Test
    void mayTakeNoneOfABatch() {
        RandomLike like = RandomLike.of(new BitSet(), null);
        assertThat(like.count(new int[] {1, 2, 3}, 0)).isZero();
        assertThat(RandomLike.select(new Batch(1, 1, 0, 3, new float[0]), 0).isEmpty())
                .isTrue();
        assertThat(RandomLike.of(new BitSet(), new BitSet()).count(new int[0], 0))
                .isZero();
    }
}
