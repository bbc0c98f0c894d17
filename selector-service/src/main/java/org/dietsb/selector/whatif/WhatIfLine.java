package org.dietsb.selector.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An epoch of the run, or the end.
 *
 * @param epoch from 1; null at the end
 * @param epochs length of the run
 * @param policies one for each policy, in order; null at the end
 * @param over at the end, whether all recorded epochs were judged
 * @param reason at the end, why not all were judged
 * @param labelsOf at the end, the score set whose labels the classes are
 * @param classes at the end, number of examples of each class, by label
 * @param noClasses at the end, why nothing is shown by class
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WhatIfLine(
        @Nullable Integer epoch,
        int epochs,
        @Nullable List<WhatIf.Tried> policies,
        @Nullable Boolean over,
        @Nullable String reason,
        @Nullable String labelsOf,
        @Nullable List<Integer> classes,
        @Nullable String noClasses) {

    static WhatIfLine of(int epochs, WhatIf.Epoch epoch) {
        return new WhatIfLine(epoch.epoch(), epochs, epoch.policies(), null, null, null, null, null);
    }

    static WhatIfLine whole(int epochs, Classes classes) {
        return classes.areKnown()
                ? new WhatIfLine(null, epochs, null, true, null, classes.scoreSet(), classes.sizes(), null)
                : new WhatIfLine(null, epochs, null, true, null, null, null, classes.reason());
    }

    static WhatIfLine broken(int epochs, @Nullable String reason) {
        return new WhatIfLine(null, epochs, null, false, reason, null, null, null);
    }
}
