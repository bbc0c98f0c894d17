/** Access to Kafka: clients, the list of topics, topics that are read whole, dead letters, and readiness. */
@NullMarked
package org.dietsb.kit.topic;

import org.jspecify.annotations.NullMarked;
