/** What every reader of a topic needs: topics read whole, the list of topics, readiness. */
@NullMarked
package org.dietsb.scorer.topic;

import org.jspecify.annotations.NullMarked;
