/** Results of a benchmark as rows, a table and JSON, and the options that every benchmark has. */
@NullMarked
package org.dietsb.bench.report;

import org.jspecify.annotations.NullMarked;
