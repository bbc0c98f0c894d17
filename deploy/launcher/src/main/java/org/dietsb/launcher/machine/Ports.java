package org.dietsb.launcher.machine;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** What listens where. */
final class Ports {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(1))
            .build();

    private Ports() {}

    /** Who has a port. */
    enum Holder {
        NOBODY,
        OURS,
        ANOTHER
    }

    static Holder ofBroker(int port) {
        return isFree(port) ? Holder.NOBODY : speaksKafka(port) ? Holder.OURS : Holder.ANOTHER;
    }

    static Holder of(Program program, int port) {
        if (isFree(port)) {
            return Holder.NOBODY;
        }
        try {
            HttpResponse<byte[]> answer = get(port, program.landmark());
            boolean isList = answer.statusCode() == 200 && JSON.readTree(answer.body()).isArray();
            return isList ? Holder.OURS : Holder.ANOTHER;
        } catch (IOException notHttp) {
            return Holder.ANOTHER;
        }
    }

    /** Empty if ready, else why not. */
    static String whyNotReady(int port) {
        try {
            HttpResponse<byte[]> answer = get(port, "/q/health/ready");
            if (answer.statusCode() == 200) {
                return "";
            }
            StringBuilder why = new StringBuilder();
            for (var check : JSON.readTree(answer.body()).path("checks")) {
                if (check.path("status").asText().equals("DOWN")) {
                    why.append(why.isEmpty() ? "" : "; ").append(check.path("name").asText());
                    check.path("data")
                            .properties()
                            .forEach(datum -> why.append(' ')
                                    .append(datum.getKey())
                                    .append(' ')
                                    .append(datum.getValue().asText()));
                }
            }
            return why.isEmpty() ? "health is " + answer.statusCode() : why.toString();
        } catch (IOException notYet) {
            return "it does not listen";
        }
    }

    private static HttpResponse<byte[]> get(int port, String path) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .timeout(Duration.ofSeconds(5))
                .header("Accept", "application/json")
                .build();
        try {
            return CLIENT.send(request, BodyHandlers.ofByteArray());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IOException(interrupted);
        }
    }

    /** Whether neither anybody listens nor binding fails. */
    private static boolean isFree(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return false;
        } catch (IOException nobody) {
            return canBind(port);
        }
    }

    private static boolean canBind(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Asks for the versions of Kafka's protocol (ApiVersions, version 0), as every client does first. */
    private static boolean speaksKafka(int port) {
        int correlation = 0x64736231;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            socket.setSoTimeout(2000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(10);
            out.writeShort(18);
            out.writeShort(0);
            out.writeInt(correlation);
            out.writeShort(-1);
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            return size > 4 && size < 100_000 && in.readInt() == correlation;
        } catch (IOException notKafka) {
            return false;
        }
    }
}
