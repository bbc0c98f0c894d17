package org.dietsb.trainer.run;

import com.google.protobuf.InvalidProtocolBufferException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dietsb.selector.wire.PolicyChange;
import org.dietsb.trainer.mask.Policy;
import org.dietsb.trainer.mask.PolicyWire;
import org.dietsb.trainer.mask.StampedPolicy;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic selector-policies: which policy each run is to train under from now on. Thread-safe. */
@ApplicationScoped
class PolicyFeed {
    static final String IN = "selector-policies";
    private static final String DEFAULT = "*";
    private static final Logger LOG = Logger.getLogger(PolicyFeed.class);

    private final Map<String, StampedPolicy> changed = new ConcurrentHashMap<>();

    /** The policy a run is to train under now; revision 0 is the one of its order. */
    StampedPolicy current(String runId, Policy first) {
        return changed.getOrDefault(runId, new StampedPolicy(0, first));
    }

    /** What new runs train under if their order does not say. */
    Policy forNewRuns() {
        return changed.getOrDefault(DEFAULT, new StampedPolicy(0, Policy.BASELINE))
                .policy();
    }

    @Incoming(IN)
    void read(byte[] message) {
        try {
            accept(PolicyChange.parseFrom(message));
        } catch (InvalidProtocolBufferException | IllegalArgumentException poison) {
            LOG.warnf("A message on topic %s is no policy change: %s", IN, poison.getMessage());
        }
    }

    /** Of two changes that replace the same revision the first in the log counts. */
    private void accept(PolicyChange change) {
        StampedPolicy now = changed.get(change.getRunId());
        long revision = now == null ? 0 : now.revision();
        if (change.getReplaces() != revision || change.getRevision() != revision + 1) {
            return;
        }
        StampedPolicy next = new StampedPolicy(change.getRevision(), PolicyWire.fromWire(change.getPolicy()));
        changed.put(change.getRunId(), next);
        LOG.infof(
                "Policy of %s is now %s, revision %d, by %s",
                change.getRunId(), next.policy().kind().label(), next.revision(), change.getWho());
    }
}
