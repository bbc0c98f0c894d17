/** Tests of the chart without a cluster: real Helm renders it, and the models of Kubernetes and its operators parse the result. */
@NullMarked
package org.dietsb.helm;

import org.jspecify.annotations.NullMarked;
