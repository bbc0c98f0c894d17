/** The same benchmark on two builds. */
@NullMarked
package org.dietsb.bench.beside;

import org.jspecify.annotations.NullMarked;
