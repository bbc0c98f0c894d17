package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists that a service returns in pages, each of which names the next in header Link. */
public final class NextPage {
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"next\"");

    private NextPage() {}

    /** Returns path and query of the next page; empty if there is none. */
    static String of(HttpHeaders headers) {
        return headers.firstValue("Link")
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .map(link -> URI.create(link.group(1)))
                .map(address ->
                        address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery()))
                .orElse("");
    }

    /** Reads every page of a list, beginning with this one. */
    public static List<JsonNode> all(Rest service, String first) {
        List<JsonNode> all = new ArrayList<>();
        for (String page = first; !page.isEmpty(); ) {
            Rest.Reply reply = service.read(page);
            reply.body().forEach(all::add);
            page = reply.next();
        }
        return all;
    }
}
