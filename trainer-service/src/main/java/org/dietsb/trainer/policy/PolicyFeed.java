package org.dietsb.trainer.policy;

import jakarta.inject.Singleton;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.mask.Policy;
import org.dietsb.trainer.mask.PolicyChanges;
import org.dietsb.trainer.mask.PolicyWire;
import org.dietsb.trainer.topic.DeadLetters;
import org.dietsb.trainer.topic.ReadPosition;
import org.dietsb.trainer.topic.TopicEnds;
import org.dietsb.trainer.train.TrainingOrder;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic selector-policies, read whole: which policy each run is to train under from now on. Thread-safe. */
@Singleton
public class PolicyFeed {
    static final String TOPIC = "selector-policies";
    private static final String DEFAULT = "*";
    private static final Logger LOG = Logger.getLogger(PolicyFeed.class);

    private final Map<String, PolicyChanges> changed = new ConcurrentHashMap<>();
    private final ReadPosition position;

    PolicyFeed(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** The policies of a run as they are known now; that of its order is the first. */
    public Policies of(String runId, Policy first) {
        return (epoch, progress) -> of(runId).at(epoch, progress, first);
    }

    /** What new runs train under if their order does not say. */
    public Policy forNewRuns() {
        return of(DEFAULT).at(1, 0, Policy.BASELINE).policy();
    }

    private PolicyChanges of(String runId) {
        return changed.getOrDefault(runId, PolicyChanges.NONE);
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
        if (change.getRunId().equals(DEFAULT) && (change.hasFrom() || change.hasUntil())) {
            throw new IllegalArgumentException("the policy of new runs has a schedule, which only a run's has");
        }
        PolicyChanges before = of(change.getRunId());
        if (change.getReplaces() != before.revision() || change.getRevision() != before.revision() + 1) {
            return;
        }
        PolicyChanges.Change next = PolicyWire.fromWire(change);
        changed.put(change.getRunId(), before.with(next));
        LOG.debugf(
                "Policy of %s is now %s, revision %d, by %s",
                change.getRunId(), next.policy().policy().kind().label(), change.getRevision(), change.getWho());
    }

    /** Whether every change that was there at the start has been read. */
    public boolean isRead() {
        return position.isCaughtUp();
    }
}
