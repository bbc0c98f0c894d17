package org.dietsb.faults;

import java.util.List;
import java.util.OptionalDouble;
import org.dietsb.selector.wire.MaskMessage;
import org.dietsb.trainer.wire.LossMessage;

/**
 * A fault that struck.
 *
 * @param part which of its kind
 * @param atMillis when
 */
record Injected(Fault fault, String part, long atMillis) {

    /** Seconds until the first mask of a batch that was announced after it; empty if there is none. */
    OptionalDouble recoverySeconds(Recording recording) {
        List<Survivors.Asked> after = recording.losses().stream()
                .filter(entry -> entry.millis() > atMillis)
                .map(Entry::message)
                .filter(LossMessage::hasBatchLosses)
                .map(message -> new Survivors.Asked(
                        message.getAttempt(),
                        message.getBatchLosses().getEpoch(),
                        message.getBatchLosses().getBatch()))
                .toList();
        return recording.masks().stream()
                .filter(entry -> entry.message().hasBatchMask() && after.contains(asked(entry.message())))
                .mapToDouble(entry -> (entry.millis() - atMillis) / 1e3)
                .filter(seconds -> seconds >= 0)
                .min();
    }

    private static Survivors.Asked asked(MaskMessage message) {
        return new Survivors.Asked(
                message.getAttempt(),
                message.getBatchMask().getEpoch(),
                message.getBatchMask().getBatch());
    }
}
