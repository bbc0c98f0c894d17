/**
 * Entry point of the benchmarks. Each measures interleaved rounds on a broker and services of its own, and reports rows: a
 * figure relative to a base measured in the same rounds, with the limit it must keep.
 */
@NullMarked
package org.dietsb.bench;

import org.jspecify.annotations.NullMarked;
