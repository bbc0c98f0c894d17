package org.dietsb.kit.topic;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Mutates messages: flips bits, truncates, splices two, or replaces everything by random bytes. Not thread-safe. */
public final class Mutations {
    /** Number of messages per fuzz test. {@code -Dfuzz.messages=1000000} is the long form. */
    public static final int MESSAGES = Integer.getInteger("fuzz.messages", 20_000);

    private static final int MOST_RANDOM_BYTES = 300;

    private final Random random;

    public Mutations(Random random) {
        this.random = random;
    }

    /** Returns a mutation of these valid messages, of which there is at least one. */
    public byte[] of(List<byte[]> valid) {
        byte[] one = valid.get(random.nextInt(valid.size())).clone();
        return switch (random.nextInt(8)) {
            case 0 -> random(random.nextInt(MOST_RANDOM_BYTES));
            case 1 -> Arrays.copyOf(one, random.nextInt(one.length + 1));
            case 2 -> spliced(one, valid.get(random.nextInt(valid.size())));
            case 3 -> overwritten(one);
            default -> flipped(one, 1 + random.nextInt(4));
        };
    }

    private byte[] random(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] spliced(byte[] head, byte[] tail) {
        int cut = random.nextInt(head.length + 1);
        int from = random.nextInt(tail.length + 1);
        byte[] bytes = Arrays.copyOf(head, cut + tail.length - from);
        System.arraycopy(tail, from, bytes, cut, tail.length - from);
        return bytes;
    }

    /** Overwrites a few bytes as extreme numbers have them. */
    private byte[] overwritten(byte[] bytes) {
        int from = random.nextInt(bytes.length + 1);
        int until = Math.min(bytes.length, from + 1 + random.nextInt(8));
        Arrays.fill(bytes, from, until, random.nextBoolean() ? (byte) 0xFF : (byte) 0);
        return bytes;
    }

    private byte[] flipped(byte[] bytes, int bits) {
        for (int i = 0; i < bits && bytes.length > 0; i++) {
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return bytes;
    }
}
