package org.dietsb.selector.mask;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of bounded size: the entry that was put in first makes room for the next. */
final class Latest<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;

    private final int most;

    Latest(int most) {
        this.most = most;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
    }
}
