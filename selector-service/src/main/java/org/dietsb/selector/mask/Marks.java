package org.dietsb.selector.mask;

import java.util.Arrays;

/** Finds numbers that come twice. Its table is used again for each batch, and has twice the size of the largest so far. One thread. */
final class Marks {
    /** Numbers, plus 1, each behind its hash; 0 where there is none. */
    private int[] table = new int[512];

    /** Returns the place of the first number that came before; -1 if there is none. The numbers are 0 or more. */
    int firstTwice(int[] numbers) {
        int size = Math.max(512, Integer.highestOneBit(numbers.length) << 2);
        if (table.length < size) {
            table = new int[size];
        }
        Arrays.fill(table, 0, size, 0);
        int shift = Integer.numberOfLeadingZeros(size) + 1;
        for (int i = 0; i < numbers.length; i++) {
            int mark = numbers[i] + 1;
            int place = (mark * 0x9E37_79B9) >>> shift;
            while (table[place] != 0) {
                if (table[place] == mark) {
                    return i;
                }
                place = (place + 1) & (size - 1);
            }
            table[place] = mark;
        }
        return -1;
    }
}
