package org.dietsb.broker;

import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.ScramCredentialCallback;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;
import org.apache.kafka.common.security.scram.internals.ScramMechanism;
import org.jspecify.annotations.Nullable;

/**
 * Admits the user of the listener's own JAAS line and no other, by SCRAM. Kafka would look the user up in the cluster's metadata,
 * which a folder formatted without it lacks, and which a controller cannot read before it has started.
 */
public final class OneUser implements AuthenticateCallbackHandler {
    private String user = "";
    private @Nullable ScramCredential credential;

    @Override
    public void configure(Map<String, ?> configs, String mechanism, List<AppConfigurationEntry> jaas) {
        Map<String, ?> login = jaas.get(0).getOptions();
        user = String.valueOf(login.get("username"));
        try {
            ScramMechanism scram = ScramMechanism.forMechanismName(mechanism);
            credential = new ScramFormatter(scram)
                    .generateCredential(String.valueOf(login.get("password")), scram.minIterations());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
        String name = null;
        for (Callback callback : callbacks) {
            if (callback instanceof NameCallback named) {
                name = named.getDefaultName();
            } else if (callback instanceof ScramCredentialCallback asked) {
                if (user.equals(name)) {
                    asked.scramCredential(credential);
                }
            } else {
                throw new UnsupportedCallbackException(callback);
            }
        }
    }

    @Override
    public void close() {}
}
