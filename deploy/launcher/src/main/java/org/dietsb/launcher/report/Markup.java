package org.dietsb.launcher.report;

import java.util.Objects;
import java.util.stream.Stream;
import org.dietsb.launcher.text.Format;

/** A page of HTML and SVG under construction. Text that is inserted into a format is escaped. */
final class Markup {
    private final StringBuilder page = new StringBuilder();

    /**
     * Appends markup.
     *
     * @param format as of {@link Format#text}
     * @param values values to insert; strings are escaped
     */
    Markup add(String format, Object... values) {
        page.append(Format.text(format, Stream.of(values).map(Markup::escaped).toArray()));
        return this;
    }

    /**
     * Appends an element.
     *
     * @param start format of the start tag without angle brackets, such as {@code svg class="%s"}
     * @param content appends the content
     * @param values values to insert into the start tag; strings are escaped
     */
    Markup element(String start, Runnable content, Object... values) {
        add("<" + start + ">", values);
        content.run();
        page.append("</").append(start.split(" ", 2)[0]).append('>');
        return this;
    }

    /** Appends text as it is. */
    Markup raw(String text) {
        page.append(text);
        return this;
    }

    private static Object escaped(Object value) {
        return value instanceof String text
                ? text.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;")
                : Objects.requireNonNull(value);
    }

    @Override
    public String toString() {
        return page.toString();
    }
}
