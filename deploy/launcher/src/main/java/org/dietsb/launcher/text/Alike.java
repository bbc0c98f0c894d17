package org.dietsb.launcher.text;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Words that a mistyped one may have meant. */
final class Alike {
    private static final int MOST = 3;

    private Alike() {}

    /** Returns the words that differ from the given one by a third of its letters or less, or begin with it; nearest first. */
    static List<String> to(String given, Collection<String> words) {
        String typed = given.toLowerCase(Locale.ROOT);
        int allowed = Math.max(1, typed.length() / 3);
        return words.stream()
                .filter(word -> distance(typed, word) <= allowed || (typed.length() > 2 && word.startsWith(typed)))
                .sorted(Comparator.comparingInt((String word) -> distance(typed, word))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST)
                .toList();
    }

    /** Returns ", did you mean a or b?", or nothing if no word is alike. */
    static String question(String given, Collection<String> words) {
        List<String> alike = to(given, words);
        return alike.isEmpty() ? "" : ", did you mean " + String.join(" or ", alike) + "?";
    }

    /** Returns the number of letters to insert, leave out, replace or swap with the next (optimal string alignment). */
    private static int distance(String a, String b) {
        int[][] to = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    to[i][j] = i + j;
                    continue;
                }
                int same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                to[i][j] = Math.min(Math.min(to[i - 1][j], to[i][j - 1]) + 1, to[i - 1][j - 1] + same);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    to[i][j] = Math.min(to[i][j], to[i - 2][j - 2] + 1);
                }
            }
        }
        return to[a.length()][b.length()];
    }
}
