/** Tests of dashboards and alerts with a real Prometheus that scrapes the real services during a real run. */
@NullMarked
package org.dietsb.observe;

import org.jspecify.annotations.NullMarked;
