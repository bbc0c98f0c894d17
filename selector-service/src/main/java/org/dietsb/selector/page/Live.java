package org.dietsb.selector.page;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import io.smallrye.mutiny.unchecked.UncheckedSupplier;

/** A page's stream: the part that is live, as it is now and after each change. */
final class Live {
    private Live() {}

    /**
     * The stream.
     *
     * @param changes whatever they say; those that come while a part is rendered count as one
     * @param part rendered on a worker thread
     */
    static Multi<String> of(Multi<String> changes, UncheckedSupplier<String> part) {
        return Multi.createBy()
                .merging()
                .withConcurrency(2)
                .streams(Multi.createFrom().item("now"), changes)
                .onOverflow()
                .dropPreviousItems()
                .onItem()
                .transformToUni(change -> Uni.createFrom()
                        .item(Unchecked.supplier(part))
                        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool()))
                .concatenate();
    }
}
