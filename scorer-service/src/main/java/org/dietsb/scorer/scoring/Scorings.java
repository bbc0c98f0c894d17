package org.dietsb.scorer.scoring;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.dietsb.scorer.el2n.El2n;
import org.dietsb.scorer.topic.WholeTopic;
import org.dietsb.scorer.wire.ScoreChunk;
import org.dietsb.scorer.wire.ScoreMessage;
import org.dietsb.scorer.wire.ScoreSetManifest;
import org.dietsb.scorer.wire.ScoringFailed;
import org.dietsb.scorer.wire.ScoringRequested;
import org.dietsb.trainer.wire.PredictionErrors;
import org.dietsb.trainer.wire.PredictionMessage;
import org.dietsb.trainer.wire.Run;
import org.dietsb.trainer.wire.RunEvent;
import org.dietsb.trainer.wire.ScoringMember;
import org.dietsb.trainer.wire.TrainingOrder;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Every scoring, from topics alone: el2n-scores says what was asked for and what is done, prediction-errors what members
 * reported, run-events how far they are. A restarted scorer reads them again and goes on. Thread-safe.
 */
@ApplicationScoped
class Scorings {
    private static final Logger LOG = Logger.getLogger(Scorings.class);
    private static final String SCORES = "el2n-scores";
    private static final String ERRORS = "prediction-errors";
    private static final int CHUNK = 10_000;

    private final String bootstrapServers;
    private final Producer<String, byte[]> producer;
    private final Counter deadLetters;
    private final DistributionSummary distribution;
    private final Map<String, ScoringRequested> requested = new LinkedHashMap<>();
    private final Map<String, String> failed = new HashMap<>();
    private final Map<String, Map<Integer, ScoreChunk>> chunks = new HashMap<>();
    private final Map<String, ScoreSet> finished = new LinkedHashMap<>();
    private final Map<String, Map<Integer, Member>> reports = new HashMap<>();
    private final Map<String, Run> runs = new HashMap<>();
    private final List<WholeTopic> topics = new ArrayList<>();

    Scorings(
            @ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers,
            Producer<String, byte[]> producer,
            MeterRegistry registry) {
        this.bootstrapServers = bootstrapServers;
        this.producer = producer;
        this.deadLetters = Counter.builder("dietsb_dead_letters")
                .description("Messages that could not be read")
                .tag("topic", ERRORS)
                .register(registry);
        this.distribution = DistributionSummary.builder("dietsb_el2n")
                .description("EL2N scores of finished score sets")
                .serviceLevelObjectives(.1, .2, .3, .4, .5, .6, .7, .8, .9, 1, 1.1, 1.2, 1.3, 1.4)
                .register(registry);
        registry.gauge("dietsb_scorings_running", this, Scorings::running);
    }

    void start(@Observes StartupEvent event) {
        topics.add(new WholeTopic(bootstrapServers, SCORES, this::readScores));
        topics.add(new WholeTopic(bootstrapServers, ERRORS, this::readErrors));
        topics.add(new WholeTopic(bootstrapServers, "run-events", this::readRun));
    }

    private synchronized double running() {
        return requested.keySet().stream()
                .filter(id -> state(id) == Scoring.State.RUNNING)
                .count();
    }

    synchronized List<Scoring> all() {
        return requested.keySet().stream().map(this::view).toList();
    }

    synchronized Optional<Scoring> find(String id) {
        return requested.containsKey(id) ? Optional.of(view(id)) : Optional.empty();
    }

    synchronized List<ScoreSet> scoreSets() {
        return List.copyOf(finished.values());
    }

    synchronized Optional<ScoreSet> scoreSet(String id) {
        return Optional.ofNullable(finished.get(id));
    }

    /** Starts a scoring; one that runs or is done is left as it is, one that failed starts anew. */
    synchronized Scoring request(ScoringRequest request) {
        String id = request.idOrDerived();
        if (requested.containsKey(id) && state(id) != Scoring.State.FAILED) {
            return view(id);
        }
        TrainingOrder recipe = request.recipe();
        String retry = failed.containsKey(id) ? "-" + Long.toString(System.currentTimeMillis(), 36) : "";
        ScoringRequested.Builder asked = ScoringRequested.newBuilder()
                .setMembers(request.memberCount())
                .setScoringEpochs(request.epochsEach())
                .setRecipe(recipe)
                .setEpochMillis(System.currentTimeMillis());
        for (int member = 0; member < request.memberCount(); member++) {
            asked.addMemberRunIds(id + "-member-" + member + retry);
            // A stream of their own, so that no member shares the initial weights of the run that uses the scores.
            asked.addMemberSeeds(1_000_003L * (request.firstSeed() + 1) + member);
        }
        failed.remove(id);
        reports.remove(id);
        requested.put(id, asked.build());
        send(id + "/requested", ScoreMessage.newBuilder().setScoreSet(id).setRequested(asked));
        for (int member = 0; member < request.memberCount(); member++) {
            TrainingOrder order = recipe.toBuilder()
                    .setRunId(asked.getMemberRunIds(member))
                    .setSeed(asked.getMemberSeeds(member))
                    .setMember(ScoringMember.newBuilder()
                            .setScoringId(id)
                            .setMember(member)
                            .setStopAfterEpochs(request.epochsEach()))
                    .build();
            producer.send(new ProducerRecord<>("training-orders", order.getRunId(), order.toByteArray()));
        }
        producer.flush();
        LOG.infof("Scoring %s begins: %d members, %d epochs each", id, request.memberCount(), request.epochsEach());
        return view(id);
    }

    private Scoring.State state(String id) {
        if (finished.containsKey(id)) {
            return Scoring.State.COMPLETED;
        }
        return failed.containsKey(id) ? Scoring.State.FAILED : Scoring.State.RUNNING;
    }

    private Scoring view(String id) {
        ScoringRequested asked = asked(id);
        Map<Integer, Member> members = reports.getOrDefault(id, Map.of());
        List<Scoring.MemberRun> memberRuns = new ArrayList<>();
        for (int member = 0; member < asked.getMembers(); member++) {
            String runId = asked.getMemberRunIds(member);
            Run run = runs.getOrDefault(runId, Run.getDefaultInstance());
            String state = run.getState() == Run.State.STATE_UNSPECIFIED
                    ? "QUEUED"
                    : run.getState().name();
            memberRuns.add(new Scoring.MemberRun(
                    runId,
                    member,
                    asked.getMemberSeeds(member),
                    state,
                    run.getEpochsCount(),
                    run.getPosition().getBatch(),
                    run.getPosition().getBatches()));
        }
        ScoreSet set = finished.get(id);
        int done = (int) members.values().stream().filter(Member::isComplete).count();
        return new Scoring(
                id,
                id,
                state(id),
                failed.get(id),
                asked.getMembers(),
                set != null ? asked.getMembers() : done,
                asked.getScoringEpochs(),
                asked.getRecipe().getDataset().getName(),
                asked.getRecipe().getModel(),
                memberRuns,
                set != null ? set.manifest().seconds() : 0,
                set != null ? set.manifest().examplesTrained() : 0);
    }

    private ScoringRequested asked(String id) {
        ScoringRequested asked = requested.get(id);
        if (asked == null) {
            throw new IllegalArgumentException("scoring " + id + " is unknown");
        }
        return asked;
    }

    private synchronized void readRun(ConsumerRecord<String, byte[]> message) {
        try {
            RunEvent event = RunEvent.parseFrom(message.value());
            if (event.hasRun() && event.getRun().getOrder().hasMember()) {
                runs.merge(
                        event.getRun().getOrder().getRunId(),
                        event.getRun(),
                        (old, now) -> now.getAttempt() >= old.getAttempt() ? now : old);
            }
        } catch (InvalidProtocolBufferException poison) {
            LOG.warnf("A message on topic run-events is no run event: %s", poison.getMessage());
        }
    }

    private synchronized void readErrors(ConsumerRecord<String, byte[]> message) {
        try {
            PredictionMessage report = PredictionMessage.parseFrom(message.value());
            switch (report.getReportCase()) {
                case ERRORS -> {
                    PredictionErrors errors = report.getErrors();
                    if (!Member.isSound(errors)) {
                        deadLetter(message, "error norms out of range, or not as many as labels");
                        return;
                    }
                    reports.computeIfAbsent(errors.getScoringId(), key -> new TreeMap<>())
                            .computeIfAbsent(errors.getMember(), key -> new Member())
                            .add(errors);
                    finishIfComplete(errors.getScoringId());
                }
                case FAILED ->
                    fail(
                            report.getFailed().getScoringId(),
                            report.getFailed().getRunId(),
                            "member " + report.getFailed().getMember() + " failed: "
                                    + report.getFailed().getReason());
                case REPORT_NOT_SET -> deadLetter(message, "neither errors nor a failure");
            }
        } catch (InvalidProtocolBufferException poison) {
            deadLetter(message, String.valueOf(poison.getMessage()));
        }
    }

    private void finishIfComplete(String id) {
        ScoringRequested asked = requested.get(id);
        Map<Integer, Member> members = reports.getOrDefault(id, Map.of());
        if (asked == null || state(id) != Scoring.State.RUNNING || members.size() != asked.getMembers()) {
            return;
        }
        if (!members.values().stream().allMatch(Member::isComplete)) {
            return;
        }
        List<float[]> norms = new ArrayList<>();
        Member first = null;
        for (Member member : members.values()) {
            first = first == null ? member : first;
            if (!first.first().getDataset().equals(member.first().getDataset()) || !Member.sameLabels(first, member)) {
                fail(id, null, "its members trained on different datasets");
                return;
            }
            float[] of = member.errorNorms();
            if (of != null) {
                norms.add(of);
            }
        }
        if (first != null) {
            publish(id, asked, El2n.scores(norms), first, members);
        }
    }

    private void publish(
            String id, ScoringRequested asked, float[] scores, Member first, Map<Integer, Member> members) {
        int[] labels = first.labels();
        for (int from = 0; from < scores.length; from += CHUNK) {
            ScoreChunk.Builder chunk = ScoreChunk.newBuilder().setFirstIndex(from);
            for (int i = from; i < Math.min(scores.length, from + CHUNK); i++) {
                chunk.addScores(scores[i]).addLabels(labels[i]);
            }
            send(
                    id + "/chunk-" + from,
                    ScoreMessage.newBuilder().setScoreSet(id).setChunk(chunk));
        }
        double sum = 0;
        ByteBuffer bytes = ByteBuffer.allocate(scores.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (float score : scores) {
            sum += score;
            bytes.putFloat(score);
            distribution.record(score);
        }
        ScoreSetManifest manifest = ScoreSetManifest.newBuilder()
                .setDataset(first.first().getDataset())
                .setMembers(asked.getMembers())
                .setScoringEpochs(asked.getScoringEpochs())
                .setModel(asked.getRecipe().getModel())
                .addAllMemberSeeds(asked.getMemberSeedsList())
                .setCount(scores.length)
                .setChecksum(sha256(bytes.array()))
                .setMean(sum / scores.length)
                .setSeconds(members.values().stream()
                        .mapToDouble(member -> member.first().getSeconds())
                        .sum())
                .setExamplesTrained(members.values().stream()
                        .mapToLong(member -> member.first().getExamplesTrained())
                        .sum())
                .setEpochMillis(System.currentTimeMillis())
                .build();
        send(id + "/ended", ScoreMessage.newBuilder().setScoreSet(id).setManifest(manifest));
        finished.put(id, scoreSet(id, manifest, scores, labels));
        LOG.infof("Score set %s is published: %d scores, mean %.4f", id, scores.length, manifest.getMean());
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    /** Fails a running scoring; a report of a run that is not (any more) one of its members changes nothing. */
    private void fail(String id, @Nullable String runId, String reason) {
        ScoringRequested asked = requested.get(id);
        boolean concerns = asked != null
                && state(id) == Scoring.State.RUNNING
                && (runId == null || asked.getMemberRunIdsList().contains(runId));
        if (concerns) {
            failed.put(id, reason);
            send(
                    id + "/ended",
                    ScoreMessage.newBuilder()
                            .setScoreSet(id)
                            .setFailed(ScoringFailed.newBuilder()
                                    .setReason(reason)
                                    .setEpochMillis(System.currentTimeMillis())));
            LOG.infof("Scoring %s failed: %s", id, reason);
        }
    }

    private void send(String key, ScoreMessage.Builder message) {
        producer.send(new ProducerRecord<>(SCORES, 0, key, message.build().toByteArray()));
    }

    private void deadLetter(ConsumerRecord<String, byte[]> received, String reason) {
        deadLetters.increment();
        LOG.warnf(
                "A message of scoring %s (%s@%d) is a dead letter: %s",
                received.key(), ERRORS, received.offset(), reason);
        ProducerRecord<String, byte[]> letter =
                new ProducerRecord<>(ERRORS + "-dead-letters", received.key(), received.value());
        letter.headers().add("reason", reason.getBytes(StandardCharsets.UTF_8));
        producer.send(letter);
    }

    private synchronized void readScores(ConsumerRecord<String, byte[]> message) {
        try {
            ScoreMessage score = ScoreMessage.parseFrom(message.value());
            String id = score.getScoreSet();
            switch (score.getEventCase()) {
                case REQUESTED -> {
                    requested.put(id, score.getRequested());
                    failed.remove(id);
                    finishIfComplete(id);
                }
                case CHUNK ->
                    chunks.computeIfAbsent(id, key -> new TreeMap<>())
                            .put(score.getChunk().getFirstIndex(), score.getChunk());
                case MANIFEST -> {
                    Map<Integer, ScoreChunk> of = chunks.getOrDefault(id, Map.of());
                    chunks.remove(id);
                    assemble(id, score.getManifest(), of);
                }
                case FAILED -> failed.put(id, score.getFailed().getReason());
                case EVENT_NOT_SET -> LOG.debug("A score message of a later version was passed over");
            }
        } catch (InvalidProtocolBufferException poison) {
            LOG.warnf("A message on topic %s is none: %s", SCORES, poison.getMessage());
        }
    }

    private void assemble(String id, ScoreSetManifest manifest, Map<Integer, ScoreChunk> of) {
        float[] scores = new float[manifest.getCount()];
        int[] labels = new int[manifest.getCount()];
        for (ScoreChunk chunk : of.values()) {
            for (int i = 0; i < chunk.getScoresCount(); i++) {
                scores[chunk.getFirstIndex() + i] = chunk.getScores(i);
                labels[chunk.getFirstIndex() + i] = chunk.getLabels(i);
            }
        }
        finished.put(id, scoreSet(id, manifest, scores, labels));
    }

    private static ScoreSet scoreSet(String id, ScoreSetManifest manifest, float[] scores, int[] labels) {
        return new ScoreSet(
                new ScoreSet.Manifest(
                        id,
                        manifest.getDataset().getName(),
                        manifest.getDataset().getChecksum(),
                        manifest.getModel(),
                        manifest.getMembers(),
                        manifest.getScoringEpochs(),
                        manifest.getMemberSeedsList(),
                        manifest.getCount(),
                        manifest.getChecksum(),
                        manifest.getMean(),
                        manifest.getSeconds(),
                        manifest.getExamplesTrained(),
                        Instant.ofEpochMilli(manifest.getEpochMillis())),
                scores,
                labels);
    }

    @PreDestroy
    void close() {
        topics.forEach(WholeTopic::close);
    }
}
