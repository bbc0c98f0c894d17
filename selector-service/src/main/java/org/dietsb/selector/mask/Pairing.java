package org.dietsb.selector.mask;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;

/**
 * What a run and its proxy wait for from one another. The run's batches wait until the proxy has announced the same, and so has masks
 * of them; the proxy's answers wait until the run has announced as much, so that the proxy is ahead by its window at most. One thread.
 */
final class Pairing {
    /** As many batches as a trainer may have under way. */
    private final int most;

    private long announced = -1;
    private final Deque<BatchLosses> waiting = new ArrayDeque<>();
    private final Deque<MaskMessage> withheld = new ArrayDeque<>();

    /** Of a trainer with this window; 0 where it does not tell. */
    Pairing(int window) {
        this.most = window < 1 || window > LastAnswers.MOST_MASKS ? LastAnswers.MOST_MASKS : window;
    }

    /** A place in the run, as they follow one another: epoch from 1, batch from 0; -1 = before its first. */
    static long place(int epoch, int batch) {
        return ((long) epoch << 32) + batch;
    }

    private static long place(BatchLosses batch) {
        return place(batch.getEpoch(), batch.getBatch());
    }

    /** The run has announced all batches up to this place. */
    void announced(long place) {
        announced = place;
    }

    boolean hasAnnounced(long place) {
        return announced >= place;
    }

    /** A batch has no mask yet; the oldest that nobody can wait for any more makes room. */
    void await(BatchLosses batch) {
        waiting.add(batch);
        while (waiting.size() > most) {
            waiting.remove();
        }
    }

    /** The batches without a mask, the oldest first: what has got one is to be taken out. */
    Deque<BatchLosses> waiting() {
        return waiting;
    }

    /** An answer waits for the partner; the oldest that nobody can wait for any more makes room. */
    void withhold(MaskMessage answer) {
        withheld.add(answer);
        while (withheld.size() > most) {
            withheld.remove();
        }
    }

    /** Those withheld that a partner which has announced so much lets go. */
    List<MaskMessage> letGo(Pairing partner) {
        List<MaskMessage> free = new ArrayList<>();
        while (!withheld.isEmpty()
                && partner.hasAnnounced(place(
                        withheld.element().getBatchMask().getEpoch(),
                        withheld.element().getBatchMask().getBatch()))) {
            free.add(withheld.remove());
        }
        return free;
    }

    /** All that is withheld: there is no partner here to wait for. */
    List<MaskMessage> letGoAll() {
        List<MaskMessage> free = new ArrayList<>(withheld);
        withheld.clear();
        return free;
    }

    /** Whether its trainer waits for something that is not its own to bring about. */
    boolean isWaiting() {
        return !waiting.isEmpty() || !withheld.isEmpty();
    }

    /** A batch was announced. */
    void announced(BatchLosses batch) {
        announced(place(batch));
    }
}
