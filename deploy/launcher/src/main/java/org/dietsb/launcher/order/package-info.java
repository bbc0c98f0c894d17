/** What is to be trained: options checked and made into the bodies that the services take. */
@NullMarked
package org.dietsb.launcher.order;

import org.jspecify.annotations.NullMarked;
