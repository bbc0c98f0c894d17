/**
 * Which examples each epoch of a run selected, one bit an example: noted while the run is judged, kept on topic mask-records, replayed
 * by other runs, listed and copied over REST.
 */
@NullMarked
package org.dietsb.selector.record;

import org.jspecify.annotations.NullMarked;
