package org.dietsb.trainer.mask;

import org.dietsb.trainer.policy.StampedPolicy;

/** Policies between their record and their wire form. */
public final class PolicyWire {
    private PolicyWire() {}

    public static org.dietsb.selector.wire.Policy toWire(Policy policy) {
        org.dietsb.selector.wire.Policy.Builder wire = org.dietsb.selector.wire.Policy.newBuilder()
                .setKind(org.dietsb.selector.wire.Policy.Kind.valueOf(
                        policy.kind().name()))
                .setKeep(policy.keep())
                .setRule(org.dietsb.selector.wire.Policy.Rule.valueOf(
                        policy.rule().name()))
                .setHistorySize(policy.historySize())
                .setBatching(org.dietsb.selector.wire.Policy.Batching.valueOf(
                        policy.batching().name()))
                .setLossesEvery(policy.lossesEvery())
                .setSelectionScale(policy.selectionScale())
                .setStart(policy.start())
                .setEnd(policy.end())
                .setInterrupt(policy.interrupt())
                .setPrePruned(policy.prePruned())
                .setOrder(
                        switch (policy.order()) {
                            case LOWEST -> org.dietsb.selector.wire.Policy.DietOrder.LOWEST;
                            case RANDOM -> org.dietsb.selector.wire.Policy.DietOrder.RANDOM_ORDER;
                            case HIGHEST -> org.dietsb.selector.wire.Policy.DietOrder.HIGHEST;
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
     * @throws IllegalArgumentException if it names a kind, rule, batching or order that this trainer does not know, or a
     *     number that is not allowed
     */
    public static Policy fromWire(org.dietsb.selector.wire.Policy wire) {
        Policy.Kind kind =
                switch (wire.getKind()) {
                    case BASELINE -> Policy.Kind.BASELINE;
                    case RANDOM -> Policy.Kind.RANDOM;
                    case SELECTIVE -> Policy.Kind.SELECTIVE;
                    case DIET -> Policy.Kind.DIET;
                    case DIET_SELECTIVE -> Policy.Kind.DIET_SELECTIVE;
                    case DIET_RANDOM -> Policy.Kind.DIET_RANDOM;
                    case INFOBATCH -> Policy.Kind.INFOBATCH;
                    case REPB -> Policy.Kind.REPB;
                    case REPLAY -> Policy.Kind.REPLAY;
                    case KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown("kind", wire.getKindValue());
                };
        return new Policy(
                kind,
                kind.hasKeep() ? wire.getKeep() : 1,
                switch (wire.getRule()) {
                    case RANK, RULE_UNSPECIFIED -> Policy.Rule.RANK;
                    case PERCENTILE -> Policy.Rule.PERCENTILE;
                    case UNRECOGNIZED -> throw unknown("rule", wire.getRuleValue());
                },
                wire.getHistorySize(),
                switch (wire.getBatching()) {
                    case SHRINK, BATCHING_UNSPECIFIED -> Policy.Batching.SHRINK;
                    case ACCUMULATE -> Policy.Batching.ACCUMULATE;
                    case UNRECOGNIZED -> throw unknown("batching", wire.getBatchingValue());
                },
                Math.max(1, wire.getLossesEvery()),
                wire.getSelectionScale() == 0 ? 1 : wire.getSelectionScale(),
                wire.getStart(),
                wire.getEnd(),
                wire.getInterrupt(),
                wire.getPrePruned(),
                switch (wire.getOrder()) {
                    case LOWEST, DIET_ORDER_UNSPECIFIED -> Policy.DietOrder.LOWEST;
                    case RANDOM_ORDER -> Policy.DietOrder.RANDOM;
                    case HIGHEST -> Policy.DietOrder.HIGHEST;
                    case UNRECOGNIZED -> throw unknown("order", wire.getOrderValue());
                },
                wire.getBalanced(),
                wire.getScoreSet().isEmpty() ? null : wire.getScoreSet(),
                wire.getOf().isEmpty() ? null : wire.getOf(),
                wire.getProxy().isEmpty() ? null : wire.getProxy());
    }

    private static IllegalArgumentException unknown(String field, int value) {
        return new IllegalArgumentException("policy with unknown " + field + " " + value);
    }

    /**
     * The record of a change.
     *
     * @throws IllegalArgumentException if its policy is none that this trainer knows, or a moment is not allowed
     */
    public static PolicyChanges.Change fromWire(org.dietsb.selector.wire.PolicyChange change) {
        return new PolicyChanges.Change(
                new StampedPolicy(change.getRevision(), fromWire(change.getPolicy())),
                change.hasFrom() ? fromWire(change.getFrom()) : null,
                change.hasUntil() ? fromWire(change.getUntil()) : null);
    }

    private static Moment fromWire(org.dietsb.selector.wire.Moment moment) {
        return switch (moment.getAtCase()) {
            case EPOCH -> new Moment.EpochBegins(moment.getEpoch());
            case PROGRESS -> new Moment.Progress(moment.getProgress());
            case AT_NOT_SET -> throw new IllegalArgumentException("a moment is neither an epoch nor a progress");
        };
    }
}
