/** What every reader and writer of a topic needs: how far it has been read, the plain clients, the list of topics, readiness. */
@NullMarked
package org.dietsb.scorer.topic;

import org.jspecify.annotations.NullMarked;
