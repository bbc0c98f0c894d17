package org.dietsb.launcher.command;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.dietsb.launcher.follow.Standing;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.system.Rest;
import org.dietsb.launcher.system.RunName;
import org.dietsb.launcher.system.Target;
import org.dietsb.launcher.system.Work;
import org.dietsb.launcher.text.UserError;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Cancels runs and scorings, and shows how they stand. */
@Command(
        name = "cancel",
        mixinStandardHelpOptions = true,
        description =
                "Cancel runs, which stop at their next batch, and scorings with their models. What is over stays as it"
                        + " is.")
public final class CancelCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "RUN|SCORING",
            arity = "1..*",
            description = "ids of runs, or beginnings that no other run's has, or ids of scorings")
    private List<String> names = List.of();

    @Mixin
    private Target target = new Target();

    @Override
    public Integer call() {
        LocalSystem system = LocalSystem.up(target);
        Map<String, Work> found = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String name : names) {
            try {
                find(system, name).ifPresentOrElse(work -> found.put(name, work), () -> unknown.add(name));
            } catch (Rest.Unreachable away) {
                System.out.println(withoutTrainer(system, name, away));
            }
        }
        List<String> going = found.entrySet().stream()
                .filter(one -> !one.getValue().cancel())
                .map(Map.Entry::getKey)
                .toList();
        List<JsonNode> views = found.values().stream()
                .map(Work::view)
                .flatMap(Optional::stream)
                .toList();
        System.out.print(Standing.of(system, views));
        if (!unknown.isEmpty()) {
            throw new UserError("there is no run or scoring " + String.join(", ", unknown));
        }
        if (!going.isEmpty()) {
            throw new UserError(String.join(", ", going) + ": cancelled, but not at its end yet");
        }
        return 0;
    }

    private static Optional<Work> find(LocalSystem system, String name) {
        return Stream.of(Work.run(system, name), Work.scoring(system, name))
                .filter(work -> work.view().isPresent())
                .findFirst()
                .or(() -> RunName.beginning(system, name).map(id -> Work.run(system, id)));
    }

    /** Asks the selector in the trainer's place; if that does not answer either, nothing of the system does. */
    private static String withoutTrainer(LocalSystem system, String name, Rest.Unreachable away) {
        try {
            return Work.cancelWithoutTrainer(system, name);
        } catch (Rest.Unreachable nobody) {
            throw away;
        }
    }
}
