package org.dietsb.launcher.follow;

import com.fasterxml.jackson.databind.JsonNode;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.text.Json;
import org.dietsb.launcher.text.UserError;

/** The mask records that the selector keeps. */
public final class Records {
    public static final String PATH = "/mask-records";

    /** Number of polls, 300 ms apart, within which the record of a run that has just ended becomes complete. */
    public static final int MAX_POLLS = 100;

    private Records() {}

    /** What of a record is needed. */
    public enum Need {
        /** Its masks, for a replay. */
        MASKS,
        /** The number of examples that they select, for a random-like. */
        COUNTS
    }

    /**
     * Returns RUN@CHECKSUM of a complete record.
     *
     * @param run id of the run, with or without @CHECKSUM
     * @param polls maximum number of further polls, 300 ms apart, while the record is incomplete
     * @throws UserError if the record stays incomplete or the run did not complete
     */
    public static String complete(LocalSystem system, String run, Need need, int polls) {
        String id = run.replaceFirst("@.*", "");
        for (int poll = 0; ; poll++) {
            JsonNode record = of(system.selector, id);
            if (record.path("whole").asBoolean() || (need == Need.COUNTS && record.has("checksum"))) {
                return run.equals(id) ? id + "@" + record.path("checksum").asText() : run;
            }
            boolean ended = record.path("ended").asText("completed").equals("completed");
            if (poll == polls || !ended) {
                throw new UserError(record.path("missing").asText("the masks of run " + id + " are not recorded"));
            }
            LocalSystem.pause(300);
        }
    }

    /** Returns the record of a run, or an empty object if there is none. */
    private static JsonNode of(Rest selector, String runId) {
        return selector.get(PATH)
                .valueStream()
                .filter(record -> record.path("runId").asText().equals(runId))
                .findFirst()
                .orElseGet(Json::object);
    }
}
