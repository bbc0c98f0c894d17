/** Networks for small images: forward and backward, evaluation, files. */
@NullMarked
package org.dietsb.trainer.model;

import org.jspecify.annotations.NullMarked;
