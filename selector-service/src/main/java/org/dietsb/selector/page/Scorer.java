package org.dietsb.selector.page;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.http.HttpServerRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Client of the scorer's REST interface. Forwards the credentials of the page's viewer. */
@ApplicationScoped
class Scorer {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final HttpServerRequest incoming;
    private final URI address;

    Scorer(HttpServerRequest incoming, PageConfig config) {
        this.incoming = incoming;
        this.address = config.scorerUrl();
    }

    /**
     * Orders a scoring; an equal one that was ordered before is found again.
     *
     * @throws IOException if the scorer is unreachable
     */
    Trainer.Answer order(JsonNode scoring) throws IOException, InterruptedException {
        return send(request("/scorings")
                .header(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
                .POST(HttpRequest.BodyPublishers.ofString(scoring.toString())));
    }

    /**
     * Cancels a scoring.
     *
     * @throws IOException if the scorer is unreachable
     */
    Trainer.Answer cancel(String id) throws IOException, InterruptedException {
        return send(request("/scorings/" + Trainer.encoded(id)).DELETE());
    }

    private HttpRequest.Builder request(String path) {
        return Trainer.request(incoming, address.resolve(path));
    }

    private Trainer.Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Trainer.Answer(answer.statusCode(), answer.body());
    }
}
