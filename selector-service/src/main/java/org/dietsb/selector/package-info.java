@NullMarked
package org.dietsb.selector;

import org.jspecify.annotations.NullMarked;
