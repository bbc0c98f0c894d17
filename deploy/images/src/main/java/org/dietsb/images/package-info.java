/** Container images of the services, built by Jib: no code of their own, tests that build, inspect and run them. */
@NullMarked
package org.dietsb.images;

import org.jspecify.annotations.NullMarked;
