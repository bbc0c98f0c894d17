package org.dietsb.contracts.policy;

import java.util.Comparator;
import org.dietsb.selector.wire.Number;
import org.dietsb.selector.wire.PolicyChange;
import org.jspecify.annotations.Nullable;

/** Converts policies and their changes between records and messages. */
public final class PolicyWire {
    private PolicyWire() {}

    public static org.dietsb.selector.wire.Policy toWire(Policy policy) {
        var wire = org.dietsb.selector.wire.Policy.newBuilder()
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
        policy.numbers().entrySet().stream()
                .filter(number -> number.getValue() != number.getKey().usualNumber())
                .map(number -> Number.newBuilder()
                        .setName(number.getKey().label())
                        .setValue(number.getValue())
                        .build())
                .sorted(Comparator.comparing(Number::getName))
                .forEach(wire::addNumbers);
        if (policy.kind() == PolicyKind.REPB && wire.getNumbersCount() > 0) {
            wire.setKind(org.dietsb.selector.wire.Policy.Kind.REPB_WITH_NUMBERS);
        }
        return wire.build();
    }

    /**
     * Returns the record of a policy.
     *
     * @throws IllegalArgumentException if a kind, rule, batching, order or number is unknown, or a value is out of its range
     */
    public static Policy fromWire(org.dietsb.selector.wire.Policy wire) {
        PolicyKind kind =
                switch (wire.getKind()) {
                    case BASELINE -> PolicyKind.BASELINE;
                    case RANDOM -> PolicyKind.RANDOM;
                    case SELECTIVE -> PolicyKind.SELECTIVE;
                    case DIET -> PolicyKind.DIET;
                    case DIET_SELECTIVE -> PolicyKind.DIET_SELECTIVE;
                    case DIET_RANDOM -> PolicyKind.DIET_RANDOM;
                    case INFOBATCH -> PolicyKind.INFOBATCH;
                    case REPB, REPB_WITH_NUMBERS -> PolicyKind.REPB;
                    case REPLAY -> PolicyKind.REPLAY;
                    case ORDERDP -> PolicyKind.ORDERDP;
                    case RS2 -> PolicyKind.RS2;
                    case PROGRESSIVE -> PolicyKind.PROGRESSIVE;
                    case SETA -> PolicyKind.SETA;
                    case RANDOM_LIKE -> PolicyKind.RANDOM_LIKE;
                    case BLS -> PolicyKind.BLS;
                    case IES -> PolicyKind.IES;
                    case RHO -> PolicyKind.RHO;
                    case RCAP -> PolicyKind.RCAP;
                    case KIND_UNSPECIFIED, UNRECOGNIZED -> throw unknown("kind", wire.getKindValue());
                };
        PolicyBuilder policy = Policy.ofKind(kind);
        for (Number number : wire.getNumbersList()) {
            policy.set(
                    Parameter.named(number.getName())
                            .orElseThrow(() ->
                                    new IllegalArgumentException("policy with unknown number " + number.getName())),
                    number.getValue());
        }
        return policy.keep(kind.hasKeep() ? wire.getKeep() : 1)
                .rule(
                        switch (wire.getRule()) {
                            case RANK, RULE_UNSPECIFIED -> Policy.Rule.RANK;
                            case PERCENTILE -> Policy.Rule.PERCENTILE;
                            case UNRECOGNIZED -> throw unknown("rule", wire.getRuleValue());
                        })
                .historySize(wire.getHistorySize())
                .batching(
                        switch (wire.getBatching()) {
                            case SHRINK, BATCHING_UNSPECIFIED -> Policy.Batching.SHRINK;
                            case ACCUMULATE -> Policy.Batching.ACCUMULATE;
                            case UNRECOGNIZED -> throw unknown("batching", wire.getBatchingValue());
                        })
                .lossesEvery(Math.max(1, wire.getLossesEvery()))
                .selectionScale(wire.getSelectionScale() == 0 ? 1 : wire.getSelectionScale())
                .start(wire.getStart())
                .end(wire.getEnd())
                .interrupt(wire.getInterrupt())
                .prePruned(wire.getPrePruned())
                .order(
                        switch (wire.getOrder()) {
                            case LOWEST, DIET_ORDER_UNSPECIFIED -> Policy.DietOrder.LOWEST;
                            case RANDOM_ORDER -> Policy.DietOrder.RANDOM;
                            case HIGHEST -> Policy.DietOrder.HIGHEST;
                            case UNRECOGNIZED -> throw unknown("order", wire.getOrderValue());
                        })
                .balanced(wire.getBalanced())
                .scoreSet(emptyToNull(wire.getScoreSet()))
                .of(emptyToNull(wire.getOf()))
                .proxy(emptyToNull(wire.getProxy()))
                .build();
    }

    /** Returns the message of a change without run, revisions and time, which are its place in the log. */
    public static PolicyChange.Builder toWire(Change change) {
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

    /**
     * Returns the record of a change.
     *
     * @throws IllegalArgumentException if its policy or a moment is unknown or out of its range
     */
    public static Change fromWire(PolicyChange wire) {
        return new Change(
                fromWire(wire.getPolicy()),
                new Schedule(
                        wire.hasFrom() ? fromWire(wire.getFrom()) : null,
                        wire.hasUntil() ? fromWire(wire.getUntil()) : null),
                wire.hasRollsBackTo() ? wire.getRollsBackTo() : null,
                wire.getWho());
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

    private static Moment fromWire(org.dietsb.selector.wire.Moment wire) {
        return switch (wire.getAtCase()) {
            case EPOCH -> new Moment.EpochBegins(wire.getEpoch());
            case PROGRESS -> new Moment.Progress(wire.getProgress());
            case AT_NOT_SET -> throw new IllegalArgumentException("a moment is neither an epoch nor a progress");
        };
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static IllegalArgumentException unknown(String field, int value) {
        return new IllegalArgumentException("policy with unknown " + field + " " + value);
    }
}
