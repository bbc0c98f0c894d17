package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.dietsb.selector.wire.BatchMask;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.BatchLosses;

/**
 * What a run and its proxy wait for from each other. The batches of the run wait until the proxy has announced the same, and so has
 * masks of them. The answers to the proxy wait until the run has announced as much, so that the proxy is ahead by its window at
 * most. One thread.
 */
final class Pairing {
    private long announced = -1;
    private final Window<BatchLosses> waiting;
    private final Window<MaskMessage> withheld;

    /** Creates one for a trainer with this window; 0 if the trainer does not say. */
    Pairing(int window) {
        this.waiting = new Window<>(window);
        this.withheld = new Window<>(window);
    }

    /** Numbers the places in a run in their order: epoch from 1, batch from 0; -1 is before the first. */
    static long place(int epoch, int batch) {
        return ((long) epoch << 32) + batch;
    }

    /** Notes that the run has announced all batches up to this place. */
    void announced(long place) {
        announced = place;
    }

    /** Notes that the run has announced this batch. */
    void announced(BatchLosses batch) {
        announced(place(batch.getEpoch(), batch.getBatch()));
    }

    boolean hasAnnounced(long place) {
        return announced >= place;
    }

    /** Whether a batch waits for its mask, or its mask for the partner. */
    boolean isPending(int epoch, int batch) {
        return waiting.stream().anyMatch(one -> one.getEpoch() == epoch && one.getBatch() == batch)
                || withheld.stream()
                        .map(MaskMessage::getBatchMask)
                        .anyMatch(mask -> mask.getEpoch() == epoch && mask.getBatch() == batch);
    }

    /** The batches without a mask, oldest first. */
    Deque<BatchLosses> waiting() {
        return waiting;
    }

    /** The answers that wait for the partner, oldest first. */
    Deque<MaskMessage> withheld() {
        return withheld;
    }

    /** Removes the answers that a partner which has announced this much lets go. */
    List<MaskMessage> letGo(Pairing partner) {
        List<MaskMessage> free = new ArrayList<>();
        while (!withheld.isEmpty()) {
            BatchMask mask = withheld.element().getBatchMask();
            if (!partner.hasAnnounced(place(mask.getEpoch(), mask.getBatch()))) {
                break;
            }
            free.add(withheld.remove());
        }
        return free;
    }

    /** Removes all withheld answers: there is no partner to wait for. */
    List<MaskMessage> letGoAll() {
        List<MaskMessage> free = new ArrayList<>(withheld);
        withheld.clear();
        return free;
    }

    /** Whether the trainer of the run waits for progress of the partner. */
    boolean isWaiting() {
        return !waiting.isEmpty() || !withheld.isEmpty();
    }
}
