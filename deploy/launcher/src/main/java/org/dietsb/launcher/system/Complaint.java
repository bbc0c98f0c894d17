package org.dietsb.launcher.system;

import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Json;

/** What a service complains about, in its own words. */
final class Complaint {
    private Complaint() {}

    /** Lists the failed checks of a health report with their data. */
    static String ofHealth(byte[] report) throws IOException {
        return Json.MAPPER
                .readTree(report)
                .path("checks")
                .valueStream()
                .filter(check -> check.path("status").asText().equals("DOWN"))
                .map(check -> check.path("name").asText()
                        + check.path("data").properties().stream()
                                .map(entry -> ", " + entry.getKey() + " "
                                        + entry.getValue().asText())
                                .collect(Collectors.joining()))
                .collect(Collectors.joining("; "));
    }

    /** Returns the detail of a problem, as of RFC 9457; empty if it has none. */
    static Optional<String> ofProblem(byte[] problem) {
        try {
            return Optional.of(Json.MAPPER.readTree(problem).path("detail").asText(""))
                    .filter(detail -> !detail.isBlank());
        } catch (IOException noProblemDetails) {
            return Optional.empty();
        }
    }
}
