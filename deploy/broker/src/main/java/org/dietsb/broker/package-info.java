/** A Kafka broker in a JVM of its own, with the project's topics. */
@NullMarked
package org.dietsb.broker;

import org.jspecify.annotations.NullMarked;
