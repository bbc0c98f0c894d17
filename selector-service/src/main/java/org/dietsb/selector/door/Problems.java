package org.dietsb.selector.door;

import io.quarkiverse.resteasy.problem.HttpProblem;
import jakarta.ws.rs.core.Response.Status;
import org.dietsb.contracts.RefusedException;
import org.dietsb.kit.door.Refused;

/** Problems, as of RFC 9457, with which rejected requests are answered. */
public final class Problems {
    private Problems() {}

    public static HttpProblem of(int status, String title, String detail) {
        return HttpProblem.builder()
                .withStatus(status)
                .withTitle(title)
                .withDetail(detail)
                .build();
    }

    public static HttpProblem badRequest(String title, String detail) {
        return of(Status.BAD_REQUEST.getStatusCode(), title, detail);
    }

    public static HttpProblem notFound(String title, String detail) {
        return of(Status.NOT_FOUND.getStatusCode(), title, detail);
    }

    public static HttpProblem conflict(String title, String detail) {
        return of(Status.CONFLICT.getStatusCode(), title, detail);
    }

    /** Reads or does what a request asks for. */
    @FunctionalInterface
    public interface Part<T, E extends Exception> {
        /**
         * Returns the result.
         *
         * @throws IllegalArgumentException naming what is wrong with the request
         */
        T get() throws E;
    }

    /**
     * Does a part of a request.
     *
     * @throws HttpProblem of this title and status 400 if the part is rejected by an IllegalArgumentException
     */
    public static <T, E extends Exception> T orBadRequest(String title, Part<T, E> part) throws E {
        try {
            return part.get();
        } catch (IllegalArgumentException invalid) {
            throw Refused.body(title, String.valueOf(invalid.getMessage()), RefusedException.byField(invalid));
        }
    }
}
