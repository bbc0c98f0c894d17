/** The time that it takes to read pictures, beside PyTorch's DataLoader. */
@NullMarked
package org.dietsb.bench.loader;

import org.jspecify.annotations.NullMarked;
