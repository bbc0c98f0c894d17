/** Access control over REST: bearer tokens, roles, limits on requests, and the responses to rejected requests. */
@NullMarked
package org.dietsb.kit.door;

import org.jspecify.annotations.NullMarked;
