package org.dietsb.faults.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What is wrong with a run, by kind. */
final class Complaints {
    /** Complaints of one kind that are listed; the others are counted. */
    private static final int MOST = 5;

    private final Map<String, List<String>> byKind = new TreeMap<>();

    void add(String kind, String complaint) {
        byKind.computeIfAbsent(kind, key -> new ArrayList<>()).add(complaint);
    }

    List<String> words() {
        List<String> words = new ArrayList<>();
        byKind.forEach((kind, all) -> {
            all.stream().limit(MOST).forEach(one -> words.add(kind + ": " + one));
            if (all.size() > MOST) {
                words.add(kind + ": " + (all.size() - MOST) + " more");
            }
        });
        return words;
    }
}
