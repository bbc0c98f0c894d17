package org.dietsb.launcher.system;

import org.dietsb.launcher.usage.WrongUsage;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What this command shows to the services, so that they let it write. */
public final class Access {
    private static final String VARIABLE = "DIETSB_TOKEN";
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "bearer token of a system that another started; better in the environment, as DIETSB_TOKEN, where"
                            + " nobody else reads it (default: the one in DIETSB_HOME/token)")
    @Nullable
    String token;

    /** Refuses what no service would take. */
    void check() {
        if (token != null && !ALLOWED.matcher(token).matches()) {
            throw new WrongUsage("--token is no token, allowed are at least 16 characters of [A-Za-z0-9._~+/-]");
        }
    }

    /** That of the option, else that of the environment, else that of this user's systems; null if there is none yet. */
    @Nullable
    String token() {
        if (token != null) {
            return token;
        }
        String named = System.getenv(VARIABLE);
        return named == null || named.isBlank() ? TokenFile.of(Home.ofUser()).read() : named.strip();
    }

    /** Where it is from, in words. */
    public String source() {
        if (token != null) {
            return "--token";
        }
        String named = System.getenv(VARIABLE);
        return named == null || named.isBlank()
                ? TokenFile.of(Home.ofUser()).file().toString()
                : VARIABLE;
    }

    /** The token; made first, if there is none. */
    String tokenOrNew() {
        String known = token();
        return known == null ? TokenFile.of(Home.ofUser()).readOrMake() : known;
    }
}
