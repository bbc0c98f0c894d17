/** Checks TorchScript before libtorch loads it: archive, pickles and code may hold nothing but what networks need. */
@NullMarked
package org.dietsb.trainer.script;

import org.jspecify.annotations.NullMarked;
