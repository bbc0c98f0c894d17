/** Score sets and recorded masks, on which a mask depends besides the log of its run. */
@NullMarked
package org.dietsb.selector.source;

import org.jspecify.annotations.NullMarked;
