package org.dietsb.trainer.dataset;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.zip.CRC32;

/**
 * The bytes of a picture in a known format, checked to be whole before they are decoded: decoders accept files that end early or are
 * altered. The format is recognized by the content.
 *
 * @param channels number of channels of a JPEG; 0 for other formats
 */
record EncodedPicture(Format format, byte[] bytes, int channels) {
    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int RIFF = 0x52494646;
    private static final int WEBP = 0x57454250;
    private static final int CHUNK_FRAME = 12;

    enum Format {
        JPEG,
        PNG,
        WEBP
    }

    /**
     * Reads a file.
     *
     * @param most number of bytes that it may have
     */
    static EncodedPicture read(Path file, long most) throws BadPicture {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new BadPicture("is not a regular file");
            }
            long size = attributes.size();
            if (size > most) {
                throw new BadPicture("has " + size + " bytes, " + Heap.bound());
            }
            return of(Files.readAllBytes(file));
        } catch (IOException unreadable) {
            throw new BadPicture("cannot be read: " + Reasons.of(unreadable), unreadable);
        }
    }

    static EncodedPicture of(byte[] bytes) throws BadPicture {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        int size = bytes.length;
        if (size >= 3 && bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xD8 && bytes[2] == (byte) 0xFF) {
            return new EncodedPicture(Format.JPEG, bytes, channelsOfWholeJpeg(file));
        }
        if (size >= Long.BYTES && file.getLong(0) == PNG_SIGNATURE) {
            requireWholePng(bytes);
            return new EncodedPicture(Format.PNG, bytes, 0);
        }
        if (size >= CHUNK_FRAME && file.getInt(0) == RIFF && file.getInt(8) == WEBP) {
            long whole = 8 + Integer.toUnsignedLong(Integer.reverseBytes(file.getInt(4)));
            requireUpTo(whole, size);
            return new EncodedPicture(Format.WEBP, bytes, 0);
        }
        throw new BadPicture(size == 0 ? "is empty" : "is not a JPEG, PNG or WebP picture");
    }

    private static void requireUpTo(long end, int size) throws BadPicture {
        if (end > size) {
            throw new BadPicture("is damaged: it ends at byte " + size + ", expected at least " + end);
        }
    }

    /** Follows the chunks up to IEND, and checks the checksums of those that a decoder needs: their names begin in upper case. */
    private static void requireWholePng(byte[] bytes) throws BadPicture {
        ByteBuffer file = ByteBuffer.wrap(bytes);
        String name = "";
        for (long at = Long.BYTES; !name.equals("IEND"); ) {
            requireUpTo(at + CHUNK_FRAME, file.limit());
            int start = (int) at;
            long length = Integer.toUnsignedLong(file.getInt(start));
            requireUpTo(at + CHUNK_FRAME + length, file.limit());
            name = new String(bytes, start + 4, 4, StandardCharsets.US_ASCII);
            CRC32 crc = new CRC32();
            crc.update(bytes, start + 4, 4 + (int) length);
            if (Character.isUpperCase(name.charAt(0))
                    && (int) crc.getValue() != file.getInt(start + 8 + (int) length)) {
                throw new BadPicture(
                        "is damaged: chunk " + name + " at byte " + start + " does not match its checksum");
            }
            at += CHUNK_FRAME + length;
        }
    }

    /** Follows the markers up to the end of the image, through all scans, and returns the number of channels. */
    private static int channelsOfWholeJpeg(ByteBuffer file) throws BadPicture {
        int channels = 0;
        boolean inScan = false;
        for (int at = 2; ; ) {
            if (at + 2 > file.limit()) {
                throw new BadPicture("is damaged: it ends at byte " + file.limit() + ", before its end marker");
            }
            int marker = file.getShort(at) & 0xFFFF;
            int kind = marker & 0xFF;
            boolean isData = marker < 0xFF00 || kind == 0 || (kind >= 0xD0 && kind <= 0xD7);
            if (marker == 0xFFD9) {
                if (!inScan) {
                    throw new BadPicture("is damaged: it has no image data");
                }
                return channels;
            } else if (kind == 0xFF && marker == 0xFFFF) {
                at++;
            } else if (isData && inScan) {
                at += marker < 0xFF00 ? 1 : 2;
            } else if (isData) {
                throw new BadPicture("is damaged: there is no marker at byte " + at);
            } else {
                requireUpTo(at + 4L, file.limit());
                int length = file.getShort(at + 2) & 0xFFFF;
                requireUpTo(at + 2L + length, file.limit());
                boolean isFrame = kind >= 0xC0 && kind <= 0xCF && kind != 0xC4 && kind != 0xC8 && kind != 0xCC;
                if (isFrame && length >= 8) {
                    channels = file.get(at + 9) & 0xFF;
                }
                inScan |= kind == 0xDA;
                at += 2 + length;
            }
        }
    }
}
