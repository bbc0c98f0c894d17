/**
 * The benchmarks. Each measures interleaved rounds on a broker and services of its own, and reports rows: a figure beside
 * the same figure of its base, with the limit it has to keep.
 */
@NullMarked
package org.dietsb.bench;

import org.jspecify.annotations.NullMarked;
