package org.dietsb.launcher.system;

import java.util.regex.Pattern;
import org.dietsb.launcher.text.Checked;
import org.dietsb.launcher.text.Heading;
import org.dietsb.launcher.text.Mistakes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The token with which this command authenticates to the services. */
@Heading("System")
public final class Access implements Checked {
    private static final String VARIABLE = "DIETSB_TOKEN";
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._~+/-]{16,}=*");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "bearer token of a system that another user started; safer in the environment variable"
                    + " DIETSB_TOKEN, which other users cannot read; default: the token in DIETSB_HOME/token")
    @Nullable
    String token;

    /** Notes a token that no service would accept. */
    @Override
    public void check(Mistakes mistakes) {
        mistakes.unless(
                token == null || ALLOWED.matcher(token).matches(),
                "--token is not a token, allowed are at least 16 characters of [A-Za-z0-9._~+/-]");
    }

    private static @Nullable String ofEnvironment() {
        String value = System.getenv(VARIABLE);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Returns the token of the option, else of the environment; null if neither names one. */
    @Nullable
    String named() {
        return token != null ? token : ofEnvironment();
    }

    /** Returns the token of the option, else of the environment, else of the user's home; null if none exists yet. */
    @Nullable
    String token() {
        String named = named();
        return named != null ? named : TokenFile.of(Home.ofUser()).read();
    }

    /** Returns where the token comes from, in words. */
    public String source() {
        if (token != null) {
            return "--token";
        }
        return ofEnvironment() != null
                ? VARIABLE
                : TokenFile.of(Home.ofUser()).file().toString();
    }

    /** Returns the token. Creates one in the user's home if none exists. */
    String tokenOrNew() {
        String known = token();
        return known == null ? TokenFile.of(Home.ofUser()).readOrMake() : known;
    }
}
