package org.dietsb.contracts;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/** The tags of a run: words of its order by which runs are found. No result depends on them. */
public final class Tags {
    /** The syntax of a tag as a regular expression. */
    public static final String SYNTAX = "[a-z0-9._-]{1,40}";
    /** Maximum number of tags of a run. */
    public static final int MOST = 8;

    private static final Pattern PATTERN = Pattern.compile(SYNTAX);

    private Tags() {}

    /** Whether this is a tag. */
    public static boolean isValid(String tag) {
        return PATTERN.matcher(tag).matches();
    }

    /**
     * Throws if there are too many tags, or one of them is malformed or given twice.
     *
     * @throws IllegalArgumentException naming the field, its value and what is allowed
     */
    public static void check(List<String> tags) {
        for (String tag : tags) {
            Bounds.require(isValid(String.valueOf((Object) tag)), "tags", tag, SYNTAX);
        }
        Bounds.require(tags.size() <= MOST, "tags", tags.size() + " tags", MOST + " or fewer");
        Bounds.require(new HashSet<>(tags).size() == tags.size(), "tags", String.join(", ", tags), "each tag once");
    }
}
