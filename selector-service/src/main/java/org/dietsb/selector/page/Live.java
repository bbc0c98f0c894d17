package org.dietsb.selector.page;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import io.smallrye.mutiny.unchecked.UncheckedSupplier;

/** Streams the live part of a page: once immediately and again after each change. */
final class Live {
    /** Name of the events; the templates have it too. */
    static final String NAME = "live";

    private Live() {}

    /**
     * Creates the stream.
     *
     * @param changes change notifications, whose content is ignored; those that arrive during rendering are merged into one
     * @param part renders the live part, on a worker thread
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
