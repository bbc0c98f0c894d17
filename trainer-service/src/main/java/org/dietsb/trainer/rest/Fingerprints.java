package org.dietsb.trainer.rest;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dietsb.trainer.dataset.DatasetCatalog;
import org.dietsb.trainer.dataset.DatasetException;

/** Caches the last 16 fingerprints of local datasets; any other requires reading its data. Thread-safe. */
final class Fingerprints {
    private static final int MOST = 16;

    private final DatasetCatalog catalog;
    private final Map<Data, String> known = new LinkedHashMap<>(MOST, .75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Data, String> eldest) {
            return size() > MOST;
        }
    };

    private record Data(String name, int limit) {}

    Fingerprints(DatasetCatalog catalog) {
        this.catalog = catalog;
    }

    /** Returns the fingerprint of the training examples up to the limit; of all if the limit is 0. */
    synchronized String of(String name, int limit) throws DatasetException {
        Data data = new Data(name, limit);
        String fingerprint = known.get(data);
        if (fingerprint == null) {
            fingerprint = catalog.open(name, null, limit).identity().checksum();
            known.put(data, fingerprint);
        }
        return fingerprint;
    }
}
