package org.dietsb.launcher.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The columns of a table: their headings, and how the cells of a row are computed. */
public final class Columns<T> {
    private final Map<String, Function<? super T, ?>> columns = new LinkedHashMap<>();

    public Columns<T> add(String heading, Function<? super T, ?> cell) {
        columns.put(heading, cell);
        return this;
    }

    public List<String> headings() {
        return List.copyOf(columns.keySet());
    }

    public List<Object> cells(T item) {
        List<Object> cells = new ArrayList<>();
        columns.values().forEach(cell -> cells.add(cell.apply(item)));
        return cells;
    }

    /** Returns the cells of each row as text. */
    public List<List<String>> rows(Collection<? extends T> items) {
        return items.stream()
                .map(item -> cells(item).stream().map(String::valueOf).toList())
                .toList();
    }

    public Table table(Collection<? extends T> items) {
        Table table = new Table(headings());
        rows(items).forEach(table::row);
        return table;
    }
}
