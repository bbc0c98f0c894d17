package org.dietsb.contracts.policy;

import org.jspecify.annotations.Nullable;

/** The parameters of a policy, checked when it is built. */
public final class PolicyBuilder {
    private final Policy.Kind kind;
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

    PolicyBuilder(Policy.Kind kind) {
        this.kind = kind;
        keep = kind.hasKeep() ? .5 : 1;
        end = kind == Policy.Kind.INFOBATCH ? .875 : 1;
        prePruned = kind.hasDiet() ? .25 : 0;
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
                proxy);
    }
}
