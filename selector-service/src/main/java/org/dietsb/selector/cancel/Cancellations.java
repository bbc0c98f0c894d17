package org.dietsb.selector.cancel;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.selector.run.RunSheet;
import org.dietsb.selector.run.Runs;
import org.dietsb.trainer.wire.CancelRequested;
import org.dietsb.trainer.wire.RunEvent;

/**
 * Requests to cancel runs, in topic run-events. A request waits there for a trainer, so it can be made while none is up: the trainer that
 * holds the run obeys it at its next batch, else the one that takes the run's order, before it trains.
 */
@ApplicationScoped
public class Cancellations {
    private static final String TOPIC = "run-events";

    private final Runs runs;
    private final Producer<String, byte[]> producer;

    Cancellations(Runs runs, Producer<String, byte[]> producer) {
        this.runs = runs;
        this.producer = producer;
    }

    /**
     * Requests to cancel a run and its proxy, unless they are over. Returns when the requests are stored.
     *
     * @param who asks, for people
     * @return the ids of the runs that are to be cancelled, the run before its proxy
     * @throws IOException if a request cannot be stored
     */
    public List<String> request(RunSheet run, String who) throws IOException, InterruptedException {
        List<RunSheet> parts = new ArrayList<>(List.of(run));
        // A run before its proxy: a run fails if its proxy ends first.
        runs.partner(run).ifPresent(partner -> parts.add(run.proxyOf().isEmpty() ? 1 : 0, partner));
        Map<String, Future<?>> requests = new LinkedHashMap<>();
        parts.stream()
                .filter(RunSheet::isLive)
                .forEach(part -> requests.put(
                        part.id(),
                        producer.send(new ProducerRecord<>(TOPIC, part.id() + "/cancel", event(part, who)))));
        for (Map.Entry<String, Future<?>> sent : requests.entrySet()) {
            try {
                sent.getValue().get();
            } catch (ExecutionException refused) {
                throw new IOException(
                        "the request to cancel run " + sent.getKey() + " was not stored: " + refused.getCause(),
                        refused);
            }
        }
        return List.copyOf(requests.keySet());
    }

    private static byte[] event(RunSheet run, String who) {
        CancelRequested request = CancelRequested.newBuilder()
                .setRunId(run.id())
                .setWho(who)
                .setEpochMillis(System.currentTimeMillis())
                .setResumed(run.resumed())
                .build();
        return RunEvent.newBuilder().setCancelRequested(request).build().toByteArray();
    }
}
