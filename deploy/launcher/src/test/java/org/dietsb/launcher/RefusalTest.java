package org.dietsb.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.AnnotatedElement;
import java.util.stream.Stream;
import org.dietsb.launcher.text.OfOrder;
import org.dietsb.launcher.text.OfPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Invalid command lines are rejected at once, in one line, and start nothing. */
class RefusalTest {
    private final StringWriter says = new StringWriter();

    private int dietsb(String line) {
        CommandLine command = Dietsb.commandLine().setErr(new PrintWriter(says)).setOut(new PrintWriter(says));
        return command.execute(line.isEmpty() ? new String[0] : line.split(" ", -1));
    }

    private static final String DETACH =
            "--detach excludes --controls, --summary, --csv, --model-out and a sweep that records masks:"
                    + " they need the end of a run";

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(
                        "",
                        "missing command, the commands are up, train, follow, score, score-run, score-sets, policy, runs, cancel, resume, records, what-if, explain,"
                                + " report, bench, doctor, help, completion (see dietsb --help)"),
                arguments(
                        "--context c",
                        "missing command, the commands are up, train, follow, score, score-run, score-sets, policy, runs,"
                                + " cancel, resume, records, what-if, explain, report, bench, doctor, help, completion (see dietsb --help)"),
                arguments(
                        "--context c up",
                        "--context, --namespace and --release do not apply to up, which works on this machine"),
                arguments(
                        "runs --namespace n --trainer-port 9",
                        "--context, --namespace and --release exclude the options of ports: the chart knows these"),
                arguments(
                        "--release r runs --context",
                        "Missing required parameter for option '--context' (CONTEXT) (see dietsb runs --help)"),
                arguments("runs --namespace ", "--namespace is empty, allowed is a namespace's name"),
                arguments(
                        "--context c train --dataset folder --data-dir pictures",
                        "--data-dir is pictures, allowed is an absolute path in the trainer's pod"),
                arguments(
                        "train --context c --dataset folder",
                        "--data-dir is missing: folder is read from a folder of the trainer's pod"),
                arguments(
                        "train --context c --model net.pt",
                        "--model is net.pt, allowed is a network of the catalogue: trainers of a cluster do not see this file"),
                arguments(
                        "train --context c --trainers 2",
                        "--trainers does not apply to a cluster: helm upgrade with trainer.replicas starts more"),
                arguments("trian", "unknown command 'trian', did you mean train? (see dietsb --help)"),
                arguments("cancl x", "unknown command 'cancl', did you mean cancel? (see dietsb --help)"),
                arguments(
                        "train --policy selectiv",
                        "--policy is selectiv, allowed is one of baseline, random, selective, diet, diet-selective,"
                                + " diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho,"
                                + " rcap, did you mean selective?"),
                arguments("train --policy selective --history-size 9", "--history-size needs --rule percentile"),
                arguments(
                        "train --policy diet --interrupt 3",
                        "--interrupt does not apply to diet, it applies to random, selective, diet-selective, diet-random, replay,"
                                + " random-like, rho"),
                arguments(
                        "train --policy selective --rule percentile --history-size 64",
                        "--batch-size is 128, allowed is [1, 64] with --rule percentile, the length of its history"),
                arguments("train --policy selective --interrupt -1", "--interrupt is -1, allowed is 0 (never) or more"),
                arguments("train --detach --controls", DETACH),
                arguments("train --detach --csv x.csv", DETACH),
                arguments("follow", "Missing required parameter: 'RUN' (see dietsb follow --help)"),
                arguments(
                        "invent",
                        "unknown command 'invent', the commands are up, train, follow, score, score-run, score-sets, policy, runs, cancel, resume,"
                                + " records, what-if, explain, report, bench, doctor, help, completion (see dietsb --help)"),
                arguments("report --out x", "Missing required option: '--experiment=FILE' (see dietsb report --help)"),
                arguments(
                        "report --out x --experiment nowhere.yaml",
                        "--experiment is nowhere.yaml, allowed is an existing file"),
                arguments(
                        "report --out x --experiment pom.xml --data-dir nowhere",
                        "--data-dir is nowhere, allowed is an existing folder"),
                arguments(
                        "report --out x --experiment pom.xml --plan --as-is",
                        "--plan and --as-is are mutually exclusive"),
                arguments(
                        "report --out pom.xml/x --experiment src/test/resources/report/experiment.yaml --as-is",
                        "--out is pom.xml/x, allowed is a folder that exists or can be created"),
                arguments("cancel", "Missing required parameter: 'RUN|SCORING' (see dietsb cancel --help)"),
                arguments("resume", "Missing required parameter: 'RUN' (see dietsb resume --help)"),
                arguments("--kep", "unknown option '--kep' (see dietsb --help)"),
                arguments("train --kep 1", "unknown option '--kep', did you mean --keep? (see dietsb train --help)"),
                arguments("train cifar10", "unexpected argument 'cifar10' (see dietsb train --help)"),
                arguments(
                        "train --keep",
                        "Missing required parameter for option '--keep' (SHARE) (see dietsb train --help)"),
                arguments(
                        "policy",
                        "RUN is missing: dietsb runs lists the runs; --catalogue shows the kinds of policies"),
                arguments("policy a --catalogue", "--catalogue excludes RUN and --roll-back"),
                arguments("policy a random --roll-back 1", "KIND and --roll-back are mutually exclusive"),
                arguments(
                        "policy a --roll-back 1 --from-epoch 3",
                        "a schedule needs KIND: a rollback is in force from now on"),
                arguments(
                        "policy a random --from-epoch 2 --dry-run",
                        "--dry-run takes KIND and its options only: it swaps nothing"),
                arguments("policy a --if-revision 1", "--if-revision needs KIND or --roll-back"),
                arguments(
                        "policy a random --from-epoch 3 --after 1/2",
                        "--from-epoch and --after are mutually exclusive"),
                arguments(
                        "policy a random --until-epoch 3 --for-epochs 2",
                        "--until-epoch and --for-epochs are mutually exclusive"),
                arguments("policy a random --after 1", "--after is 1, allowed is (0, 1)"),
                arguments(
                        "train --policy best",
                        "--policy is best, allowed is one of baseline, random, selective, diet, diet-selective,"
                                + " diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho, rcap"),
                arguments(
                        "train --policy infobatch --rule rank",
                        "--rule does not apply to infobatch, it applies to selective, diet-selective"),
                arguments(
                        "train --policy random,seta --set tau=.5",
                        "--set tau does not apply to random, seta, it applies to progressive"),
                arguments("train --policy progressive --set tau=1.5", "--set tau is 1.5, allowed is (0, 1]"),
                arguments(
                        "train --policy progressive --set theta=.5",
                        "--set is theta, allowed is one of draw, tau, gamma, recheck, drop, groups, delta, cap, smoothing, beta, window"),
                arguments(
                        "train --policy diet --end .5",
                        "--end does not apply to diet, it applies to random, selective, diet-selective, diet-random,"
                                + " infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho, rcap"),
                arguments("train --policy diet,random,diet", "--policy is diet,random,diet, allowed is each kind once"),
                arguments(
                        "train --dataset imagenet",
                        "--dataset is imagenet, allowed is one of fashion-mini, fashion-mnist, mnist, mnist-idx,"
                                + " cifar10, cifar100, svhn, folder"),
                arguments(
                        "train --model vgg",
                        "--model is vgg, allowed is one of resnet8, resnet18, resnet20, resnet32, resnet56, wrn-16-4,"
                                + " wrn-28-10, googlenet, or a TorchScript file, FILE.pt"),
                arguments("train --model none.pt", "--model is none.pt, allowed is an existing file"),
                arguments("train --init none.safetensors", "--init is none.safetensors, allowed is an existing file"),
                arguments("train --tag Big", "--tag is Big, allowed is [a-z0-9._-]{1,40}"),
                arguments("train --tag a,b --tag a", "--tag is a,b,a, allowed is each tag once"),
                arguments("train --tag 1,2,3,4,5,6,7,8,9", "--tag is 9 tags, allowed is 8 or fewer"),
                arguments("runs --tag a,B", "--tag is B, allowed is [a-z0-9._-]{1,40}"),
                arguments("train --stop-at-accuracy 1.5", "--stop-at-accuracy is 1.5, allowed is (0, 1]"),
                arguments("train --stop-at-accuracy 0", "--stop-at-accuracy is 0, allowed is (0, 1]"),
                arguments(
                        "train --stop-at-accuracy 0.9 --evaluate-every 0",
                        "--evaluate-every is 0, allowed is 1 or more with --stop-at-accuracy"),
                arguments(
                        "train --image-size 64",
                        "--image-size is 64, allowed is none: only --dataset folder reads single images"),
                arguments(
                        "train --on-bad-picture skip",
                        "--on-bad-picture is skip, allowed is none: only --dataset folder reads single images"),
                arguments("train --on-bad-picture ignore", "--on-bad-picture is ignore, allowed is one of fail, skip"),
                arguments("train --image-size 7", "--image-size is 7, allowed is [8, 512]"),
                arguments("train --dataset folder", "--data-dir is missing: --dataset folder reads its images from it"),
                arguments("train --rule top", "--rule is top, allowed is one of rank, percentile"),
                arguments("train --batching big", "--batching is big, allowed is one of shrink, accumulate"),
                arguments("train --order first", "--order is first, allowed is one of lowest, random, highest"),
                arguments(
                        "train --losses stale:0",
                        "--losses is stale:0, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL"),
                arguments(
                        "train --losses proxy:vgg",
                        "--losses is proxy:vgg, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL"),
                arguments(
                        "train --policy selective --losses proxy:resnet8 --budget passes=3",
                        "--budget is passes=3, allowed is epochs with --losses proxy:MODEL: a run and its proxy are of"
                                + " equal length"),
                arguments(
                        "train --losses old",
                        "--losses is old, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL"),
                arguments("train --selection-scale 1/8", "--selection-scale is 0.125, allowed is [0.25, 1]"),
                arguments("train --schedule linear", "--schedule is linear, allowed is one of cosine, step, constant"),
                arguments(
                        "train --augment cutout", "--augment is cutout, allowed is one of crop,flip, crop, flip, none"),
                arguments("train --on-timeout skip", "--on-timeout is skip, allowed is one of whole, random, wait"),
                arguments(
                        "train --budget steps=0",
                        "--budget is steps=0, allowed is epochs, steps=N with a whole N from 1, or passes=N with N"
                                + " above 0"),
                arguments("train --keep 0", "--keep is 0, allowed is (0, 1]"),
                arguments("train --keep 1.5", "--keep is 1.5, allowed is (0, 1]"),
                arguments(
                        "train --keep half",
                        "--keep is half, allowed is a number such as 0.5, a fraction such as 1/2, or a percentage such as 50 %"),
                arguments("train --pre-pruned 1", "--pre-pruned is 1, allowed is [0, 1)"),
                arguments("train --pre-pruned -1/4", "--pre-pruned is -0.25, allowed is [0, 1)"),
                arguments("train --epochs 0", "--epochs is 0, allowed is [1, 100000]"),
                arguments("train --epochs ten", "--epochs is ten, allowed is a whole number"),
                arguments("train --batch-size 0", "--batch-size is 0, allowed is [1, 65536]"),
                arguments(
                        "train --batch-size 2048 --rule percentile",
                        "--batch-size is 2048, allowed is [1, 1024] with --rule percentile, the length of its history"),
                arguments("train --window 65", "--window is 65, allowed is [1, 64]"),
                arguments("train --learning-rate 0", "--learning-rate is 0, allowed is (0, 1000000)"),
                arguments("train --learning-rate NaN", "--learning-rate is NaN, allowed is (0, 1000000)"),
                arguments("train --learning-rate fast", "--learning-rate is fast, allowed is a number"),
                arguments("train --momentum 1", "--momentum is 1, allowed is [0, 1)"),
                arguments("train --weight-decay -1", "--weight-decay is -1, allowed is [0, 1)"),
                arguments("train --warmup-epochs 10", "--warmup-epochs is 10, allowed is [0, 10)"),
                arguments("train --limit -5", "--limit is -5, allowed is 0 (all) or more"),
                arguments(
                        "train --policy replay",
                        "--of is missing: replay uses the masks of an earlier run; without --of a sweep of --seed,"
                                + " --learning-rate or --model records one run and replays it for the others"),
                arguments(
                        "train --of run-1 --policy random",
                        "--of does not apply to random, it applies to replay, random-like"),
                arguments(
                        "train --seed 1,2",
                        "a sweep of --seed, --learning-rate or --model excludes diets: replay one run of a diet with"
                                + " --of"),
                arguments("train --policy random --seed 1,1", "--seed is 1,1, allowed is each value once"),
                arguments(
                        "train --policy replay --of run-1 --budget steps=9",
                        "--budget is steps=9, allowed is epochs with replay and random-like: the number of epochs determines which"
                                + " recorded epoch is used"),
                arguments("score --seed 1,2", "a scoring takes a single --seed, --learning-rate and --model"),
                arguments("records --save masks.json", "--save needs RUN, and excludes --load"),
                arguments("train --seed x", "--seed is x, allowed is a whole number"),
                arguments("train --score-members 0", "--score-members is 0, allowed is [1, 100]"),
                arguments(
                        "train --epochs 3 --score-epochs 4",
                        "--score-epochs is 4, allowed is [1, 3], the epochs of the schedule"),
                arguments("score --score-members 101", "--score-members is 101, allowed is [1, 100]"),
                arguments("train --evaluate-every -1", "--evaluate-every is -1, allowed is 0 (never) or more"),
                arguments("train --mask-timeout 0", "--mask-timeout is 0, allowed is [0.001, 86400]"),
                arguments(
                        "train --policy baseline,diet --keep 0.5",
                        "--keep does not apply to baseline, diet, it applies to random, selective, diet-selective,"
                                + " diet-random, infobatch, repb, orderdp, rs2, bls, rho, rcap"),
                arguments(
                        "train --policy random --rule rank",
                        "--rule does not apply to random, it applies to selective, diet-selective"),
                arguments(
                        "train --policy selective --pre-pruned 0.25",
                        "--pre-pruned does not apply to selective, it applies to diet, diet-selective, diet-random"),
                arguments(
                        "train --policy baseline --balanced",
                        "--balanced does not apply to baseline, it applies to diet, diet-selective, diet-random"),
                arguments(
                        "train --order random --score-set s",
                        "--score-set does not apply to --order random, which uses no scores"),
                arguments(
                        "train --policy random --score-members 3",
                        "--score-members and --score-epochs do not apply: no scores are computed"),
                arguments(
                        "train --data-dir /tmp",
                        "--data-dir does not apply to fashion-mini, which the trainer contains"),
                arguments(
                        "train --dataset cifar10 --data-dir /no/such",
                        "--data-dir is /no/such, allowed is an existing folder"),
                arguments(
                        "train --dataset cifar10 --data-dir /proc/self",
                        "--data-dir is /proc/self, allowed is a folder with the files of cifar10, such as"
                                + " data_batch_1.bin"),
                arguments(
                        "train --dataset mnist-idx",
                        "--data-dir is missing: mnist-idx is a folder with your files train-images.., train-labels..,"
                                + " t10k-images.. and t10k-labels.."),
                arguments(
                        "train --summary /no/such/s.json",
                        "--summary is /no/such/s.json, allowed is a file in an existing folder"),
                arguments("train --csv /", "--csv is /, allowed is a file, not a folder"),
                arguments(
                        "train --model-out /no/such/m",
                        "--model-out is /no/such/m, allowed is a file in an existing folder"),
                arguments(
                        "score --csv /no/such/s.csv",
                        "--csv is /no/such/s.csv, allowed is a file in an existing folder"),
                arguments("up --broker-port 0", "--broker-port is 0, allowed is [1, 65535]"),
                arguments("up --trainers 0", "--trainers is 0, allowed is [1, 64]"),
                arguments("train --trainers 65", "--trainers is 65, allowed is [1, 64]"),
                arguments(
                        "runs --trainer-port 8083",
                        "--scorer-port is 8083, allowed is any port except that of --trainer-port"),
                arguments(
                        "runs --trainer-port 8092",
                        "--trainer-management-port is 9092, allowed is any port except that of --broker-port"),
                arguments(
                        "runs --token short",
                        "--token is not a token, allowed are at least 16 characters of [A-Za-z0-9._~+/-]"),
                arguments(
                        "policy some-run --keep 1/2",
                        "--keep needs a policy, it applies to random, selective, diet-selective, diet-random,"
                                + " infobatch, repb, orderdp, rs2, bls, rho, rcap"),
                arguments("policy some-run random --keep 2", "--keep is 2, allowed is (0, 1]"),
                arguments(
                        "train --policy rcap",
                        "--score-set is missing, allowed for rcap is the id of a score set: one with classes, see dietsb"
                                + " score"),
                Arguments.of(
                        "train --policy rho",
                        "--score-set is missing, allowed for rho is the id of a score set: the losses of another run, see"
                                + " dietsb score-run"),
                Arguments.of(
                        "train --policy rho --score-set own:2",
                        "--score-set is own:2, allowed for rho is the id of a score set: the losses of another run, see"
                                + " dietsb score-run"),
                Arguments.of(
                        "train --policy rho --score-set s --rule rank",
                        "--rule does not apply to rho, it applies to selective, diet-selective"),
                Arguments.of(
                        "train --policy diet --score-set own:0",
                        "--score-set is own:0, allowed is the id of a score set, or own:N, N in [1, 1000]"),
                arguments(
                        "what-if some-run --policy random,keep",
                        "--policy is random,keep, allowed is KIND[,NAME=VALUE..], such as selective,keep=1/2"),
                arguments(
                        "what-if some-run --policy random,keep=7",
                        "--policy is random,keep=7, allowed is KIND[,NAME=VALUE..], but keep is 7, allowed is (0, 1]"),
                arguments(
                        "score-run some-run --method el2n",
                        "--method is el2n, allowed is one of dual, dynamic-uncertainty, mean-loss, last-loss, forgetting"),
                arguments("score-run some-run --first-epochs 0", "--first-epochs is 0, allowed is 1 or more"),
                arguments("explain some-run 1 x 3", "BATCH is x, allowed is a whole number"),
                arguments(
                        "policy some-run some-kind",
                        "KIND is some-kind, allowed is one of baseline, random, selective, diet, diet-selective,"
                                + " diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho, rcap"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void rejectsInvalidCommandLinesInOneLine(String line, String why) {
        // When
        int exitCode = dietsb(line);
        // Then
        assertThat(says.toString()).isEqualToIgnoringNewLines("dietsb: " + why);
        assertThat(says.toString().lines()).hasSize(1);
        assertThat(exitCode).isEqualTo(2);
    }

    @Test
    void namesEveryMistakeOfACommandLineByItsOption() {
        // When
        int exitCode = dietsb(
                "train --policy selective --keep 3 --epochs many --batch-size 0 --learning-rat 1 --model-uot 2 --pre-pruned .1"
                        + " --tag Big --model none.pt --broker-port 0 --stop-at-accuracy .9 --evaluate-every 0");
        // Then
        assertThat(says.toString().lines())
                .containsExactlyInAnyOrder(
                        "dietsb: --epochs is many, allowed is a whole number",
                        "dietsb: unknown option '--learning-rat', did you mean --learning-rate? (see dietsb train --help)",
                        "dietsb: unknown option '--model-uot', did you mean --model or --momentum or --model-out? (see dietsb train --help)",
                        "dietsb: --keep is 3, allowed is (0, 1]",
                        "dietsb: --batch-size is 0, allowed is [1, 65536]",
                        "dietsb: --model is none.pt, allowed is an existing file",
                        "dietsb: --evaluate-every is 0, allowed is 1 or more with --stop-at-accuracy",
                        "dietsb: --tag is Big, allowed is [a-z0-9._-]{1,40}",
                        "dietsb: --broker-port is 0, allowed is [1, 65535]",
                        "dietsb: --pre-pruned does not apply to selective, it applies to diet, diet-selective, diet-random");
        assertThat(exitCode).isEqualTo(2);
    }

    @Test
    void namesEveryMistakeOfASwap() {
        assertThat(
                        dietsb(
                                "policy a random --roll-back x --from-epoch 3 --after 2 --keep 7 --rule rank --if-revision 1 --dry-run"))
                .isEqualTo(2);
        assertThat(says.toString().lines())
                .containsExactlyInAnyOrder(
                        "dietsb: --roll-back is x, allowed is a whole number",
                        "dietsb: --after is 2, allowed is (0, 1)",
                        "dietsb: --keep is 7, allowed is (0, 1]",
                        "dietsb: --rule does not apply to random, it applies to selective, diet-selective",
                        "dietsb: --dry-run takes KIND and its options only: it swaps nothing");
    }

    @Test
    void staysSilentAboutWhatFollowsFromAMistake() {
        assertThat(dietsb("train --epochs none --warmup-epochs 12 --policy best --rule percentile"))
                .isEqualTo(2);
        assertThat(says.toString().lines().map(line -> line.split(",", 2)[0]))
                .containsExactlyInAnyOrder("dietsb: --epochs is none", "dietsb: --policy is best");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "up --help",
                "train --help",
                "score --help",
                "policy --help",
                "runs --help",
                "cancel --help",
                "resume --help",
                "report --help"
            })
    void explainsEveryCommand(String line) {
        assertThat(dietsb(line)).isZero();
        assertThat(says.toString()).contains("Usage: dietsb");
    }

    @Test
    void describesEveryOptionAndParameter() {
        Dietsb.commandLine().getSubcommands().values().stream()
                .flatMap(command -> command.getCommandSpec().args().stream())
                .filter(argument -> !argument.hidden())
                // These have the text of their field.
                .filter(argument -> !(argument.userObject() instanceof AnnotatedElement field)
                        || !(field.isAnnotationPresent(OfOrder.class) || field.isAnnotationPresent(OfPolicy.class)))
                .forEach(argument ->
                        assertThat(argument.description()).as("%s", argument).isNotEmpty());
    }

    @Test
    void helpHasAShortSynopsisAndItsOptionsInGroups() {
        assertThat(dietsb("train --help")).isZero();
        assertThat(says.toString())
                .containsSubsequence(
                        "Usage: dietsb train [OPTIONS]",
                        "\nOptions:",
                        "--policy=KIND",
                        "\nPolicy:",
                        "--keep=SHARE",
                        "\nData and training:",
                        "--epochs=N",
                        "\nResults:",
                        "\nSystem:",
                        "--trainers=N",
                        "\nHelp:",
                        "-h, --help",
                        "Examples:");
        assertThat(says.toString().lines().filter(line -> line.startsWith("Usage")))
                .hasSize(1);
    }

    @Test
    void valuesOfOptionsHaveSpokenNames() {
        Dietsb.commandLine().getSubcommands().forEach((name, command) -> command.getCommandSpec().options().stream()
                .filter(option -> option.arity().max() > 0 && !name.equals("completion"))
                .forEach(option -> assertThat(option.paramLabel())
                        .as("%s %s", name, option.longestName())
                        .matches("[A-Z][A-Z=,.\\[\\]]*")));
    }

    @Test
    void helpAndCompletionAreCommands() {
        assertThat(dietsb("help score")).isZero();
        assertThat(says.toString()).contains("Usage: dietsb score [OPTIONS]");
        assertThat(dietsb("completion")).isZero();
        assertThat(says.toString()).contains("complete -F", "--pre-pruned", "diet-selective");
    }

    @Test
    void showsHelpEvenIfAnOptionIsOutOfRange() {
        assertThat(dietsb("train --epochs 0 --help")).isZero();
        assertThat(says.toString()).contains("Usage: dietsb train");
    }

    @Test
    void acceptsChoicesInAnyCase() {
        dietsb("train --schedule Cosine --dataset CIFAR10 --data-dir /no/such");
        assertThat(says.toString()).startsWith("dietsb: --data-dir is /no/such");
    }

    @Test
    void listsTheChoices() {
        dietsb("train --help");
        assertThat(says.toString())
                .contains("diet-selective")
                .contains("crop,flip")
                .contains("resnet20")
                .doesNotContain("DIET_SELECTIVE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"runs", "policy some-run", "policy some-run random"})
    void reportsInOneLineThatNoSystemIsRunning(String line) {
        // When
        int exitCode = dietsb(line + " --trainer-port 1 --selector-port 2");
        // Then
        assertThat(says.toString())
                .startsWith("dietsb: nothing answers at http://127.0.0.1:")
                .hasLineCount(1);
        assertThat(exitCode).isEqualTo(1);
    }
}
