package org.dietsb.contracts.policy;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a policy, checked when it is built. */
public final class PolicyBuilder {
    private final PolicyKind kind;
    private double keep;
    private Policy.Rule rule = Policy.Rule.RANK;
    private int historySize = Policy.DEFAULT_HISTORY;
    private Policy.Batching batching = Policy.Batching.SHRINK;
    private int lossesEvery = 1;
    private double selectionScale = 1;
    private double start;
    private double end;
    private int interrupt;
    private double prePruned;
    private Policy.DietOrder order = Policy.DietOrder.LOWEST;
    private boolean balanced;
    private @Nullable String scoreSet;
    private @Nullable String of;
    private @Nullable String proxy;
    private final Map<Parameter, Double> numbers = new EnumMap<>(Parameter.class);

    PolicyBuilder(PolicyKind kind) {
        this.kind = kind;
        // With a diet that drops a quarter, half of the training set is left in all.
        keep = !kind.hasKeep() ? 1 : kind.hasDiet() ? 2.0 / 3 : .5;
        end = switch (kind) {
            case INFOBATCH, SETA, BLS -> .875;
            case PROGRESSIVE -> .9;
            default -> 1;
        };
        prePruned = kind.hasDiet() ? .25 : 0;
    }

    /** Begins with the parameters of a policy. */
    PolicyBuilder(Policy from) {
        kind = from.kind();
        keep = from.keep();
        rule = from.rule();
        historySize = from.historySize();
        batching = from.batching();
        lossesEvery = from.lossesEvery();
        selectionScale = from.selectionScale();
        start = from.start();
        end = from.end();
        interrupt = from.interrupt();
        prePruned = from.prePruned();
        order = from.order();
        balanced = from.balanced();
        scoreSet = from.scoreSet();
        of = from.of();
        proxy = from.proxy();
        numbers.putAll(from.numbers());
    }

    double keep() {
        return keep;
    }

    double end() {
        return end;
    }

    double prePruned() {
        return prePruned;
    }

    public PolicyBuilder keep(double value) {
        keep = value;
        return this;
    }

    public PolicyBuilder rule(Policy.Rule value) {
        rule = value;
        return this;
    }

    public PolicyBuilder historySize(int value) {
        historySize = value;
        return this;
    }

    public PolicyBuilder batching(Policy.Batching value) {
        batching = value;
        return this;
    }

    public PolicyBuilder lossesEvery(int value) {
        lossesEvery = value;
        return this;
    }

    public PolicyBuilder selectionScale(double value) {
        selectionScale = value;
        return this;
    }

    public PolicyBuilder start(double value) {
        start = value;
        return this;
    }

    public PolicyBuilder end(double value) {
        end = value;
        return this;
    }

    public PolicyBuilder interrupt(int value) {
        interrupt = value;
        return this;
    }

    public PolicyBuilder prePruned(double value) {
        prePruned = value;
        return this;
    }

    public PolicyBuilder order(Policy.DietOrder value) {
        order = value;
        return this;
    }

    public PolicyBuilder balanced(boolean value) {
        balanced = value;
        return this;
    }

    public PolicyBuilder scoreSet(@Nullable String value) {
        scoreSet = value;
        return this;
    }

    public PolicyBuilder of(@Nullable String value) {
        of = value;
        return this;
    }

    public PolicyBuilder proxy(@Nullable String value) {
        proxy = value;
        return this;
    }

    /** Sets a number that only some kinds have. */
    public PolicyBuilder set(Parameter parameter, double value) {
        numbers.put(parameter, value);
        return this;
    }

    /**
     * Returns the policy.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public Policy build() {
        return new Policy(
                kind,
                keep,
                rule,
                historySize,
                batching,
                lossesEvery,
                selectionScale,
                start,
                end,
                interrupt,
                prePruned,
                order,
                balanced,
                scoreSet,
                of,
                proxy,
                numbers);
    }
}
