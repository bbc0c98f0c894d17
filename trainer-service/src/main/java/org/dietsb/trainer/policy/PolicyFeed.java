package org.dietsb.trainer.policy;

import jakarta.inject.Singleton;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.dietsb.contracts.policy.Moment;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyChain;
import org.dietsb.contracts.policy.PolicyChains;
import org.dietsb.kit.topic.DeadLetters;
import org.dietsb.kit.topic.ReadPosition;
import org.dietsb.kit.topic.TopicEnds;
import org.dietsb.selector.wire.PolicyChange;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.jboss.logging.Logger;

/** Topic selector-policies, read whole: which policy each run trains under from now on. Thread-safe. */
@Singleton
public class PolicyFeed {
    static final String TOPIC = "selector-policies";
    private static final Moment.Place BEGINNING = new Moment.Place(1, 0);
    private static final Logger LOG = Logger.getLogger(PolicyFeed.class);

    private final PolicyChains chains = new PolicyChains();
    private final ReadPosition position;

    PolicyFeed(TopicEnds ends, DeadLetters deadLetters) {
        this.position = new ReadPosition(TOPIC, ends, deadLetters);
    }

    /** Returns the policies of a run as they are known at each call; that of its order is the first. */
    public Policies of(String runId, Policy first) {
        return (epoch, progress) -> chains.of(runId).at(new Moment.Place(epoch, progress), first);
    }

    /** Returns the policy of new runs whose order names none. */
    public Policy forNewRuns() {
        return chains.of(PolicyChain.NEW_RUNS).at(BEGINNING, Policy.BASELINE).policy();
    }

    @Incoming(TOPIC)
    void read(ConsumerRecords<String, byte[]> messages) {
        messages.forEach(this::read);
    }

    void read(ConsumerRecord<String, byte[]> message) {
        position.read(message, value -> accept(PolicyChange.parseFrom(value), message.offset()));
    }

    private void accept(PolicyChange change, long offset) {
        PolicyChain.Outcome outcome = chains.accept(change, offset);
        if (outcome instanceof PolicyChain.Outcome.Accepted accepted) {
            LOG.debugf(
                    "Policy of %s is now %s, revision %d, by %s",
                    change.getRunId(),
                    accepted.entry().change().policy().kind(),
                    change.getRevision(),
                    change.getWho());
        } else if (outcome instanceof PolicyChain.Outcome.PassedOver passedOver) {
            // Counted, logged and put aside as a dead letter.
            throw new IllegalArgumentException(passedOver.reason());
        }
    }

    /** Whether every change that was stored at start-up has been read. */
    public boolean isRead() {
        return position.isCaughtUp();
    }
}
