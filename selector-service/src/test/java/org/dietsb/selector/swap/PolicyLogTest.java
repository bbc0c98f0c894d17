package org.dietsb.selector.swap;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.MockProducer;
import org.dietsb.kit.topic.PlainClients;
import org.dietsb.kit.topic.TestDeadLetters;
import org.dietsb.kit.topic.UnreadException;
import org.junit.jupiter.api.Test;

class PolicyLogTest {

    @Test
    void policiesAreNotKnownBeforeTheTopicIsRead() {
        // Given: a broker that does not answer
        Admin away = PlainClients.admin("localhost:9");
        away.close();
        PolicyLog log = new PolicyLog(new MockProducer<>(), PlainClients.ends(away), TestDeadLetters.forgotten());
        // Then
        assertThatThrownBy(() -> log.history("a"))
                .hasCauseInstanceOf(UnreadException.class)
                .cause()
                .hasMessage("topic selector-policies is not read yet");
    }
}
