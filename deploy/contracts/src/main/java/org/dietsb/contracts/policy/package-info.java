/** Policies: what a run leaves out, their JSON and wire forms, and the rule by which a run changes from one to the next. */
@NullMarked
package org.dietsb.contracts.policy;

import org.jspecify.annotations.NullMarked;
