/** A scoring from its request over its members' orders and reports to what it publishes. */
@NullMarked
package org.dietsb.scorer.scoring;

import org.jspecify.annotations.NullMarked;
