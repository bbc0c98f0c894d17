/** What other policies would have selected of a run's examples, and why a policy selected one, by the losses on topic batch-losses. */
@NullMarked
package org.dietsb.selector.whatif;

import org.jspecify.annotations.NullMarked;
