package org.dietsb.contracts.policy;

/** A policy and its revision: 0 came with the order, each change adds one. */
public record StampedPolicy(long revision, Policy policy) {}
