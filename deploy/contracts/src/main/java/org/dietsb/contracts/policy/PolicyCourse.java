package org.dietsb.contracts.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The policies of a run in the order in which they were in force. A run of several policies shows nothing about any one of them, so it is
 * named by all.
 *
 * @param parts each other than the one before it
 */
public record PolicyCourse(List<Part> parts) {
    /** Maximum number of policies that a list of runs keeps of a run that is over. */
    public static final int MOST = 8;

    /** Copies its list. */
    public PolicyCourse {
        parts = List.copyOf(parts);
    }

    /**
     * A policy, and where it came into force.
     *
     * @param epoch from 1
     * @param batch from 0
     */
    public record Part(Policy policy, int epoch, int batch) {
        private String place() {
            return "from epoch " + epoch + (batch == 0 ? "" : ", batch " + batch);
        }
    }

    /** Returns the course of these policies; one that equals its predecessor is no change. */
    public static PolicyCourse of(List<Part> placed) {
        List<Part> parts = new ArrayList<>();
        for (Part part : placed) {
            if (parts.isEmpty() || !parts.get(parts.size() - 1).policy().equals(part.policy())) {
                parts.add(part);
            }
        }
        return new PolicyCourse(parts);
    }

    /** Returns the policies of a list that are kept when it is shortened: the first and the last ones. */
    public static <P> List<P> shortened(List<P> placed) {
        if (placed.size() <= MOST) {
            return List.copyOf(placed);
        }
        List<P> kept = new ArrayList<>(placed.subList(placed.size() - MOST + 1, placed.size()));
        kept.add(0, placed.get(0));
        return List.copyOf(kept);
    }

    /** Returns whether the policy was changed while the run went on. */
    public boolean isSwapped() {
        return parts.size() > 1;
    }

    /** Returns all policies, such as {@code diet-selective, then random from epoch 3}. */
    public String words() {
        return words(policy -> policy.kind().label());
    }

    /** Returns all policies, each in the words of the caller. */
    public String words(Function<Policy, String> policy) {
        StringBuilder words = new StringBuilder();
        for (Part part : parts) {
            words.append(words.isEmpty() ? "" : ", then ").append(policy.apply(part.policy()));
            words.append(part.equals(parts.get(0)) ? "" : " " + part.place());
        }
        return words.toString();
    }

    /** Returns the policies as a table shows them: two with the place of the swap, more as their last one. */
    public String inShort() {
        return parts.size() <= 2
                ? words()
                : "several policies, at last "
                        + parts.get(parts.size() - 1).policy().kind().label();
    }
}
