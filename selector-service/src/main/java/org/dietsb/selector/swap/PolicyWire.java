package org.dietsb.selector.swap;

import org.dietsb.selector.policy.PolicySpec;
import org.dietsb.selector.wire.Policy;
import org.dietsb.selector.wire.PolicyChange;

/** Policies between their record and their wire form. */
public final class PolicyWire {
    private PolicyWire() {}

    public static Policy toWire(PolicySpec policy) {
        Policy.Builder wire = Policy.newBuilder()
                .setKind(Policy.Kind.valueOf(policy.kind().name()))
                .setKeep(policy.keep())
                .setRule(Policy.Rule.valueOf(policy.rule().name()))
                .setHistorySize(policy.historySize())
                .setBatching(Policy.Batching.valueOf(policy.batching().name()))
                .setLossesEvery(policy.lossesEvery())
                .setSelectionScale(policy.selectionScale())
                .setStart(policy.start())
                .setEnd(policy.end())
                .setInterrupt(policy.interrupt())
                .setPrePruned(policy.prePruned())
                .setOrder(
                        switch (policy.order()) {
                            case LOWEST -> Policy.DietOrder.LOWEST;
                            case RANDOM -> Policy.DietOrder.RANDOM_ORDER;
                            case HIGHEST -> Policy.DietOrder.HIGHEST;
                        })
                .setBalanced(policy.balanced());
        if (policy.scoreSet() != null) {
            wire.setScoreSet(policy.scoreSet());
        }
        if (policy.of() != null) {
            wire.setOf(policy.of());
        }
        if (policy.proxy() != null) {
            wire.setProxy(policy.proxy());
        }
        return wire.build();
    }

    /**
     * The record of a wire policy.
     *
     * @throws IllegalArgumentException if it names a kind, rule, batching or order that this service does not know, or a value out of its range
     */
    public static PolicySpec fromWire(Policy wire) {
        return new PolicySpec(
                switch (wire.getKind()) {
                    case BASELINE -> PolicySpec.Kind.BASELINE;
                    case RANDOM -> PolicySpec.Kind.RANDOM;
                    case SELECTIVE -> PolicySpec.Kind.SELECTIVE;
                    case DIET -> PolicySpec.Kind.DIET;
                    case DIET_SELECTIVE -> PolicySpec.Kind.DIET_SELECTIVE;
                    case DIET_RANDOM -> PolicySpec.Kind.DIET_RANDOM;
                    case INFOBATCH -> PolicySpec.Kind.INFOBATCH;
                    case REPB -> PolicySpec.Kind.REPB;
                    case REPLAY -> PolicySpec.Kind.REPLAY;
                    case KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown("kind", wire.getKindValue());
                },
                hasKeep(wire) ? wire.getKeep() : 1,
                switch (wire.getRule()) {
                    case RANK, RULE_UNSPECIFIED -> PolicySpec.Rule.RANK;
                    case PERCENTILE -> PolicySpec.Rule.PERCENTILE;
                    case UNRECOGNIZED -> throw unknown("rule", wire.getRuleValue());
                },
                wire.getHistorySize(),
                switch (wire.getBatching()) {
                    case SHRINK, BATCHING_UNSPECIFIED -> PolicySpec.Batching.SHRINK;
                    case ACCUMULATE -> PolicySpec.Batching.ACCUMULATE;
                    case UNRECOGNIZED -> throw unknown("batching", wire.getBatchingValue());
                },
                Math.max(1, wire.getLossesEvery()),
                wire.getSelectionScale() == 0 ? 1 : wire.getSelectionScale(),
                wire.getStart(),
                wire.getEnd(),
                wire.getInterrupt(),
                wire.getPrePruned(),
                switch (wire.getOrder()) {
                    case LOWEST, DIET_ORDER_UNSPECIFIED -> PolicySpec.DietOrder.LOWEST;
                    case RANDOM_ORDER -> PolicySpec.DietOrder.RANDOM;
                    case HIGHEST -> PolicySpec.DietOrder.HIGHEST;
                    case UNRECOGNIZED -> throw unknown("order", wire.getOrderValue());
                },
                wire.getBalanced(),
                wire.getScoreSet().isEmpty() ? null : wire.getScoreSet(),
                wire.getOf().isEmpty() ? null : wire.getOf(),
                wire.getProxy().isEmpty() ? null : wire.getProxy());
    }

    /** A change without its place in the log: run, revision and time. */
    static PolicyChange.Builder toWire(PolicyLog.Change change) {
        PolicyChange.Builder wire =
                PolicyChange.newBuilder().setPolicy(toWire(change.policy())).setWho(change.who());
        if (change.schedule().from() != null) {
            wire.setFrom(toWire(change.schedule().from()));
        }
        if (change.schedule().until() != null) {
            wire.setUntil(toWire(change.schedule().until()));
        }
        if (change.rollsBackTo() != null) {
            wire.setRollsBackTo(change.rollsBackTo());
        }
        return wire;
    }

    private static org.dietsb.selector.wire.Moment toWire(Moment moment) {
        var wire = org.dietsb.selector.wire.Moment.newBuilder();
        if (moment instanceof Moment.EpochBegins begins) {
            wire.setEpoch(begins.epoch());
        } else if (moment instanceof Moment.Progress progress) {
            wire.setProgress(progress.share());
        }
        return wire.build();
    }

    /**
     * The record of a wire change.
     *
     * @throws IllegalArgumentException if its policy is none that this service knows, or a moment is not allowed
     */
    static PolicyLog.Change fromWire(PolicyChange wire) {
        return new PolicyLog.Change(
                fromWire(wire.getPolicy()),
                new Schedule(
                        wire.hasFrom() ? fromWire(wire.getFrom()) : null,
                        wire.hasUntil() ? fromWire(wire.getUntil()) : null),
                wire.hasRollsBackTo() ? wire.getRollsBackTo() : null,
                wire.getWho());
    }

    private static Moment fromWire(org.dietsb.selector.wire.Moment wire) {
        return switch (wire.getAtCase()) {
            case EPOCH -> new Moment.EpochBegins(wire.getEpoch());
            case PROGRESS -> new Moment.Progress(wire.getProgress());
            case AT_NOT_SET -> throw new IllegalArgumentException("a moment is neither an epoch nor a progress");
        };
    }

    private static boolean hasKeep(Policy wire) {
        return switch (wire.getKind()) {
            case RANDOM, SELECTIVE, DIET_RANDOM, DIET_SELECTIVE, INFOBATCH, REPB -> true;
            case BASELINE, DIET, REPLAY, KIND_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static IllegalArgumentException unknown(String field, int value) {
        return new IllegalArgumentException("policy with unknown " + field + " " + value);
    }
}
