/** A real Apache Kafka in a JVM of its own, for one machine and for tests. */
@NullMarked
package org.dietsb.broker;

import org.jspecify.annotations.NullMarked;
