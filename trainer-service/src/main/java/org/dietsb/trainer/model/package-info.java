/** Networks for small images, and what is computed with them. */
@NullMarked
package org.dietsb.trainer.model;

import org.jspecify.annotations.NullMarked;
