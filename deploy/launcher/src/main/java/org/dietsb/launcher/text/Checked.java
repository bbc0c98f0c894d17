package org.dietsb.launcher.text;

/** A command, or a group of options that several commands share, whose values are checked together before the command runs. */
public interface Checked {
    /** Notes every value that contradicts another, or names a missing file. */
    void check(Mistakes mistakes);
}
