package org.dietsb.trainer.policy;

import org.dietsb.trainer.mask.Policy;

/** A policy and its revision: 0 came with the order, each swap adds one. */
public record StampedPolicy(long revision, Policy policy) {}
