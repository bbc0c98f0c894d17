package org.dietsb.kit.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HostsTest {

    private static Hosts hosts(String... configured) {
        return new Hosts(new Access("dietsb.trainer", new DoorConfig() {
            @Override
            public Door reading() {
                return Door.OPEN;
            }

            @Override
            public Optional<String> token() {
                return Optional.empty();
            }

            @Override
            public Optional<String> readerToken() {
                return Optional.empty();
            }

            @Override
            public Optional<List<String>> hosts() {
                return Optional.of(List.of(configured));
            }
        }));
    }

    @Test
    void acceptsConfiguredNamesAndTheMachinesOwn() throws Exception {
        Hosts hosts = hosts("trainer", "Runs.Example.org", "*.ns.svc");
        assertThat(List.of(
                        "trainer",
                        "trainer:8081",
                        "runs.example.ORG.",
                        "a.ns.svc:80",
                        "b.a.ns.svc",
                        "localhost",
                        "[fe80::1]",
                        InetAddress.getLocalHost().getHostName()))
                .allMatch(hosts::isOwn);
        assertThat(List.of(
                        "trainer.evil.example", "example.org", "ns.svc", "evil-ns.svc", "[::1", "999.0.0.1", "0x7f.1"))
                .noneMatch(hosts::isOwn);
        assertThat(hosts("*").isOwn("anything.example")).isTrue();
    }

    @Test
    void rejectsWhatIsNoHostName() {
        for (String wrong : List.of("trainer:8081", "http://trainer", "a.*", "**.a", "a b")) {
            assertThatThrownBy(() -> hosts(wrong))
                    .hasMessage("dietsb.trainer.hosts is " + wrong
                            + ", allowed are host names without a port, *.DOMAIN and *");
        }
    }
}
