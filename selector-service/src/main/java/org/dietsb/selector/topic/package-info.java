/** What every reader of a topic needs: topics read whole, the list of topics, readiness, dead letters. */
@NullMarked
package org.dietsb.selector.topic;

import org.jspecify.annotations.NullMarked;
