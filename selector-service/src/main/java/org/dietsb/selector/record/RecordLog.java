package org.dietsb.selector.record;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.errors.TimeoutException;
import org.dietsb.kit.topic.ClientSettings;
import org.dietsb.kit.topic.StoredMessages;

/** Fetches single messages of topic mask-records by offset: masks stay in the topic, memory holds only their offsets. Thread-safe. */
@ApplicationScoped
public class RecordLog {
    /** Apart from those of other topics, which may have to wait for a reader that is slow. */
    private final StoredMessages stored;

    public RecordLog(ClientSettings kafka) {
        this.stored = new StoredMessages(kafka);
    }

    /**
     * Returns the value of the message at this offset; empty if it is no longer there.
     *
     * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
     */
    public Optional<byte[]> at(long offset) {
        try {
            return stored.at(MaskRecords.TOPIC, offset);
        } catch (IOException unread) {
            throw new TimeoutException(unread.getMessage(), unread);
        }
    }

    @PreDestroy
    public void close() {
        stored.close();
    }
}
