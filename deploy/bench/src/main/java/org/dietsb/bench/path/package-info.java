/** Benchmark mask-path: latency and throughput of masks, compared with a plain Kafka echo. */
@NullMarked
package org.dietsb.bench.path;

import org.jspecify.annotations.NullMarked;
