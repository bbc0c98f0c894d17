package org.dietsb.broker;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.SupportedVersionRange;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;

/** Upgrades the features of a folder that an older Kafka formatted, after which no older one starts from it. */
final class Features {
    private static final String METADATA = "metadata.version";
    /** Share groups. */
    private static final String SHARE = "share.version";

    private Features() {}

    /**
     * Raises all features to the versions that this Kafka supports.
     *
     * @param client properties of a client that the broker admits
     */
    static void raise(Map<String, Object> client) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(client)) {
            FeatureMetadata features =
                    admin.describeFeatures().featureMetadata().get();
            Map<String, FeatureUpdate> updates = new HashMap<>();
            for (String name : List.of(METADATA, SHARE)) {
                FinalizedVersionRange has = features.finalizedFeatures().get(name);
                SupportedVersionRange can = features.supportedFeatures().get(name);
                if (can != null && (has == null || has.maxVersionLevel() < can.maxVersion())) {
                    updates.put(name, new FeatureUpdate(can.maxVersion(), FeatureUpdate.UpgradeType.UPGRADE));
                }
            }
            if (!updates.isEmpty()) {
                admin.updateFeatures(updates, new UpdateFeaturesOptions()).all().get();
            }
        }
    }
}
