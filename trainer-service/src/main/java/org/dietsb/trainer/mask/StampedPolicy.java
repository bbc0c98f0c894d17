package org.dietsb.trainer.mask;

/** A policy and its revision: 0 came with the order, each swap adds one. */
public record StampedPolicy(long revision, Policy policy) {}
