/** What a long history costs: finished runs on topic run-events, and the start of each service that reads them. */
@NullMarked
package org.dietsb.bench.history;

import org.jspecify.annotations.NullMarked;
