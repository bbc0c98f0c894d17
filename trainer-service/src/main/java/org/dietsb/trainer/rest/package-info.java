/** REST resources with their requests and views, and the health checks of orders. */
@NullMarked
package org.dietsb.trainer.rest;

import org.jspecify.annotations.NullMarked;
