/** A scoring from its request over its members to its published score set. */
@NullMarked
package org.dietsb.scorer.scoring;

import org.jspecify.annotations.NullMarked;
