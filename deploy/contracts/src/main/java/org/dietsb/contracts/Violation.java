package org.dietsb.contracts;

/**
 * A value of a request that is refused.
 *
 * @param field its place in the request, such as {@code policy.keep}; empty if no one field is wrong
 * @param message the field, its value and what is allowed, in a line
 */
public record Violation(String field, String message) {}
