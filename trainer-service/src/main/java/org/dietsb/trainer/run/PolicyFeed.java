package org.dietsb.trainer.run;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.mask.Policy;
import org.dietsb.trainer.mask.PolicyWire;
import org.dietsb.trainer.mask.StampedPolicy;
import org.dietsb.trainer.topic.DeadLetters;
import org.dietsb.trainer.topic.ReadPosition;
import org.dietsb.trainer.topic.TopicEnds;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic selector-policies, read whole: which policy each run is to train under from now on. Thread-safe. */
@Singleton
class PolicyFeed {
    static final String TOPIC = "selector-policies";
    private static final String DEFAULT = "*";
    private static final Logger LOG = Logger.getLogger(PolicyFeed.class);

    private final Map<String, StampedPolicy> changed = new ConcurrentHashMap<>();
    private final ReadPosition position;

    PolicyFeed(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** The policy a run is to train under now; revision 0 is the one of its order. */
    StampedPolicy current(String runId, Policy first) {
        return changed.getOrDefault(runId, new StampedPolicy(0, first));
    }

    /** What new runs train under if their order does not say. */
    Policy forNewRuns() {
        return changed.getOrDefault(DEFAULT, new StampedPolicy(0, Policy.BASELINE))
                .policy();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(PolicyChange.parseFrom(value)));
    }

    /** Of two changes that replace the same revision the first in the log counts. */
    private void accept(PolicyChange change) {
        if (!change.getRunId().equals(DEFAULT)) {
            TrainingOrder.checkRunId(change.getRunId());
        }
        StampedPolicy now = changed.get(change.getRunId());
        long revision = now == null ? 0 : now.revision();
        if (change.getReplaces() != revision || change.getRevision() != revision + 1) {
            return;
        }
        StampedPolicy next = new StampedPolicy(change.getRevision(), PolicyWire.fromWire(change.getPolicy()));
        changed.put(change.getRunId(), next);
        LOG.debugf(
                "Policy of %s is now %s, revision %d, by %s",
                change.getRunId(), next.policy().kind().label(), next.revision(), change.getWho());
    }

    /** Whether every change that was there at the start has been read. */
    boolean isRead() {
        return position.isCaughtUp();
    }
}
