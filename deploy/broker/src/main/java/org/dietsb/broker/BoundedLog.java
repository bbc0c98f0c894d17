package org.dietsb.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A log file of bounded size. When it is full, it becomes NAME.1, and another begins. */
final class BoundedLog extends OutputStream {
    private final Path file;
    private final long most;
    private OutputStream out;
    private long size;

    /** Appends to a file. */
    BoundedLog(Path file, long most) throws IOException {
        this.file = file;
        this.most = most;
        this.out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        this.size = Files.size(file);
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int count) throws IOException {
        if (size > 0 && size + count > most) {
            out.close();
            LocalBroker.keepLast(file);
            out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            size = 0;
        }
        out.write(bytes, from, count);
        size += count;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
