package org.dietsb.selector.mask;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.dietsb.selector.policy.RefusalException;
import org.dietsb.selector.record.Recording;
import org.dietsb.selector.source.Sources;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.AttemptOpened;
import org.dietsb.trainer.wire.BatchLosses;

/** Runs that take over the masks of a proxy, and these proxies: each gets its answers when the other has come as far. One thread. */
record ProxyPairs(Attempts attempts, Sources sources) {

    /** Returns the answers to the batches of a span, each as if it had been announced alone. */
    List<MaskMessage> announced(RunState run, List<Announced> span) {
        try {
            run.lookUp(span);
        } catch (RefusalException missing) {
            return List.of(Answer.refused(run.id, run.attempt, span.get(0).epoch(), missing));
        }
        List<MaskMessage> due = new ArrayList<>();
        for (Announced batch : span) {
            due.addAll(announced(run, batch));
        }
        return due;
    }

    /** Returns the answers to a batch, of any run, and those of its partner that it lets go. */
    List<MaskMessage> announced(RunState run, Announced batch) {
        BatchLosses message = batch.message();
        Optional<List<MaskMessage>> before = run.answersToSame(batch);
        if (before.isPresent()) {
            return before.get();
        }
        List<MaskMessage> due = new ArrayList<>();
        if (batch.isJudgedByProxy()) {
            try {
                run.losses.reserveKept(message.getSerializedSize(), 0);
            } catch (RefusalException full) {
                return List.of(Answer.refused(run.id, run.attempt, message.getEpoch(), full));
            }
            run.pairing.announced(message);
            run.pairing.waiting().add(message);
            due.addAll(fromProxy(run));
        } else {
            MaskMessage mask = run.judge(batch, null);
            run.pairing.announced(message);
            RunState partner = attempts.find(run.opened.getProxyOf());
            if (mask.hasBatchMask()
                    && partner != null
                    && !partner.pairing.hasAnnounced(Pairing.place(message.getEpoch(), message.getBatch()))) {
                run.pairing.withheld().add(mask);
            } else {
                due.add(mask);
            }
        }
        due.addAll(letGoBy(run));
        return due;
    }

    /** Returns the answers that a run's partner gets as the run has come so far: a proxy its own, the run of a proxy its masks. */
    List<MaskMessage> letGoBy(RunState run) {
        RunState proxy = attempts.find(run.opened.getProxy());
        if (proxy != null) {
            return proxy.pairing.letGo(run.pairing);
        }
        RunState partner = attempts.find(run.opened.getProxyOf());
        return partner == null ? List.of() : fromProxy(partner);
    }

    /** Returns the answers that the proxy of a run gets as the run has ended. */
    List<MaskMessage> letGoByEndOf(RunState run) {
        RunState proxy = attempts.find(run.opened.getProxy());
        return proxy == null ? List.of() : proxy.pairing.letGoAll();
    }

    /** Returns the masks of runs whose proxies have ended: the records of these may have arrived since. */
    List<MaskMessage> overdue() {
        List<MaskMessage> due = new ArrayList<>();
        for (RunState run : attempts.runs()) {
            if (!run.pairing.waiting().isEmpty() && !attempts.holds(run.opened.getProxy())) {
                due.addAll(fromProxy(run));
            }
        }
        return due;
    }

    /** Returns the answers to the batches of a run that wait, in order, as far as its proxy has come. */
    private List<MaskMessage> fromProxy(RunState run) {
        List<MaskMessage> due = new ArrayList<>();
        Deque<BatchLosses> waiting = run.pairing.waiting();
        while (!waiting.isEmpty()) {
            BatchLosses batch = waiting.element();
            try {
                Optional<BitSet> selected = selectedByProxy(run, batch);
                if (selected.isEmpty()) {
                    break;
                }
                due.add(run.judge(run.checks.checked(batch), selected.get()));
            } catch (PendingException notYet) {
                break;
            } catch (RefusalException refusal) {
                due.add(Answer.refused(run.id, run.attempt, batch.getEpoch(), refusal));
            } catch (PoisonException impossible) {
                throw new IllegalStateException("the batch was checked when it arrived", impossible);
            }
            waiting.remove();
        }
        return due;
    }

    /** Returns what the proxy has selected of a batch's epoch, by index, the batch included; empty if it has not come so far. */
    private Optional<BitSet> selectedByProxy(RunState run, BatchLosses batch) throws RefusalException {
        String id = run.opened.getProxy();
        RunState proxy = attempts.find(id);
        int epoch = batch.getEpoch();
        int examples = run.losses.examples();
        if (proxy == null) {
            return isRecorded(run) ? Optional.of(recorded(run, epoch)) : Optional.empty();
        }
        if (!isProxy(proxy, run)) {
            throw new RefusalException("run " + id
                    + " is not a proxy of this run: another partner, dataset, seed, batch size or number of epochs");
        }
        if (examples > Recording.MOST_EXAMPLES) {
            throw new RefusalException("a training set of " + examples + " examples, allowed is at most "
                    + Recording.MOST_EXAMPLES + " with a proxy");
        }
        if (!proxy.pairing.hasAnnounced(Pairing.place(epoch, batch.getBatch()))) {
            return Optional.empty();
        }
        BitSet selected = proxy.recording.selected(epoch);
        return Optional.of(selected == null ? recorded(run, epoch) : selected);
    }

    private boolean isRecorded(RunState run) {
        try {
            var unused = sources.record(
                    run.opened.getProxy(),
                    run.losses.examples(),
                    run.opened.getDataset().getChecksum());
            return true;
        } catch (RefusalException | PendingException notYet) {
            return false;
        }
    }

    private static boolean isProxy(RunState proxy, RunState run) {
        AttemptOpened its = proxy.opened;
        AttemptOpened own = run.opened;
        return its.getProxyOf().equals(run.id)
                && its.getDataset().equals(own.getDataset())
                && its.getSeed() == own.getSeed()
                && its.getBatchSize() == own.getBatchSize()
                && its.getEpochs() == own.getEpochs();
    }

    /** Returns what the proxy selected in an epoch that it has left behind. */
    private static BitSet recorded(RunState run, int epoch) throws RefusalException {
        return run.replayed
                .ofProxy(epoch)
                .orElseThrow(() -> new RefusalException("the masks of its proxy " + run.opened.getProxy() + ", epoch "
                        + epoch + ", are no longer kept"))
                .selected();
    }
}
