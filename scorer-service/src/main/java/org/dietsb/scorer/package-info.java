@NullMarked
package org.dietsb.scorer;

import org.jspecify.annotations.NullMarked;
