package org.dietsb.launcher.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.Collectors;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.OptionNames;

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

    /** Returns the detail of a problem, as of RFC 9457, or its violations by the options of the command; empty if it has neither. */
    static Optional<String> ofProblem(byte[] problem) {
        try {
            JsonNode json = Json.MAPPER.readTree(problem);
            String violations = json.path("violations")
                    .valueStream()
                    .map(one -> OptionNames.in(
                            one.path("field").asText(), one.path("message").asText()))
                    .distinct()
                    .collect(Collectors.joining("; "));
            return Optional.of(violations.isEmpty() ? json.path("detail").asText("") : violations)
                    .filter(words -> !words.isBlank());
        } catch (IOException noProblemDetails) {
            return Optional.empty();
        }
    }
}
