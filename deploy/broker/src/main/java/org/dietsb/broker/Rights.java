package org.dietsb.broker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/** Creates users for the services, with the rights listed in deploy/acls.json. */
final class Rights {
    private Rights() {}

    /** Creates the user with SCRAM-SHA-512, and waits until the broker knows its rights. */
    static void grant(Map<String, Object> client, String service, String password, String prefix)
            throws IOException, InterruptedException, ExecutionException {
        List<AclBinding> rights = listed(service, prefix);
        try (Admin admin = Admin.create(client)) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            service, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
                    .all()
                    .get();
            admin.createAcls(rights).all().get();
            // The controller knows them now; the broker reads them from its log after the user.
            while (admin.describeAcls(AclBindingFilter.ANY).values().get().size() < rights.size()) {
                Thread.sleep(20);
            }
        }
    }

    private static List<AclBinding> listed(String service, String prefix) throws IOException {
        List<AclBinding> rights = new ArrayList<>();
        try (InputStream json = Rights.class.getResourceAsStream("/acls.json")) {
            for (JsonNode right : new ObjectMapper().readTree(json).get(service)) {
                ResourceType type = ResourceType.fromString(right.get("type").asText());
                String name = right.has("name") ? prefix + right.get("name").asText() : Resource.CLUSTER_NAME;
                for (JsonNode operation : right.get("operations")) {
                    rights.add(new AclBinding(
                            new ResourcePattern(type, name, PatternType.LITERAL),
                            new AccessControlEntry(
                                    new KafkaPrincipal(KafkaPrincipal.USER_TYPE, service).toString(),
                                    "*",
                                    operation(operation.asText()),
                                    AclPermissionType.ALLOW)));
                }
            }
        }
        return rights;
    }

    /** Parses an operation spelled as in Strimzi, AlterConfigs instead of ALTER_CONFIGS. */
    private static AclOperation operation(String name) {
        return AclOperation.fromString(name.replaceAll("(?<=[a-z])([A-Z])", "_$1"));
    }
}
