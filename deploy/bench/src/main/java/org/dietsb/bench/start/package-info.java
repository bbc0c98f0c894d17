/** What starting and stopping a whole system costs. */
@NullMarked
package org.dietsb.bench.start;

import org.jspecify.annotations.NullMarked;
