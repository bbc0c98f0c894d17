@NullMarked
package org.dietsb.trainer;

import org.jspecify.annotations.NullMarked;
