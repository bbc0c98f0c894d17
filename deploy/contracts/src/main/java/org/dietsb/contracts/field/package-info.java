/** The fields of requests: of orders of runs and of scorings here, of policies beside them. Refusals, forms, help texts and descriptions are made from them. */
@NullMarked
package org.dietsb.contracts.field;

import org.jspecify.annotations.NullMarked;
