package org.dietsb.launcher.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Describes in one line why a command line is rejected. */
final class Refusal {
    private static final Set<Class<?>> WHOLE = Set.of(int.class, long.class, Integer.class, Long.class);
    private static final Set<Class<?>> DECIMAL = Set.of(double.class, Double.class);

    private Refusal() {}

    /** Describes everything that could not be read, in a line each. Leaves out what follows from another mistake. */
    static List<String> ofAll(List<Exception> errors) {
        boolean converted = errors.stream().anyMatch(wrong -> wrong.getCause() instanceof TypeConversionException);
        return errors.stream()
                .filter(wrong -> !converted || !isOfPosition(wrong))
                .flatMap(wrong -> wrong instanceof UnmatchedArgumentException unmatched
                        ? each(unmatched, converted)
                        : Stream.of(wrong))
                .map(wrong -> wrong instanceof ParameterException one ? words(one) : String.valueOf(wrong.getMessage()))
                .toList();
    }

    /** A value that is refused does not take its place, so that a later one seems to be missing. */
    private static boolean isOfPosition(Exception wrong) {
        return wrong instanceof MissingParameterException missing
                && missing.getMissing().stream().allMatch(ArgSpec::isPositional);
    }

    /** Returns every unknown option, or, if there is none, the first unexpected argument: others may be values of what is unknown. */
    private static Stream<UnmatchedArgumentException> each(UnmatchedArgumentException unmatched, boolean converted) {
        CommandLine command = unmatched.getCommandLine();
        List<UnmatchedArgumentException> all = unmatched.getUnmatched().stream()
                .map(one -> new UnmatchedArgumentException(command, List.of(one)))
                .toList();
        List<UnmatchedArgumentException> options =
                all.stream().filter(UnmatchedArgumentException::isUnknownOption).toList();
        return options.isEmpty() && !converted ? all.stream().limit(1) : options.stream();
    }

    static String words(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String help = " (see " + command.getCommandSpec().qualifiedName() + " --help)";
        ArgSpec argument = wrong.getArgSpec();
        if (wrong.getCause() instanceof TypeConversionException cause && argument != null) {
            String name = argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
            return name + " is " + wrong.getValue() + ", allowed is " + allowed(argument, cause)
                    + Alike.question(String.valueOf(wrong.getValue()), constants(argument));
        }
        boolean top = command.getParent() == null;
        List<String> names = command.getSubcommands().entrySet().stream()
                .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
        String commands = String.join(", ", names);
        if (wrong instanceof UnmatchedArgumentException unmatched) {
            String first = unmatched.getUnmatched().get(0);
            if (top && !unmatched.isUnknownOption()) {
                String question = Alike.question(first, names);
                return "unknown command '" + first + "'"
                        + (question.isEmpty() ? ", the commands are " + commands : question) + help;
            }
            List<String> alike = unmatched.getSuggestions();
            return (unmatched.isUnknownOption() ? "unknown option '" : "unexpected argument '")
                    + first
                    + (alike.isEmpty() ? "'" : "', did you mean " + String.join(" or ", alike) + "?")
                    + help;
        }
        return top ? "missing command, the commands are " + commands + help : wrong.getMessage() + help;
    }

    /** Returns the allowed values of an argument that names one of a few; none for any other. */
    private static List<String> constants(ArgSpec argument) {
        Class<?> type = argument.typeInfo().getAuxiliaryTypes()[0];
        return type.isEnum() && argument.converters().length == 0
                ? Arrays.stream(type.getEnumConstants()).map(Object::toString).toList()
                : List.of();
    }

    private static String allowed(ArgSpec argument, TypeConversionException cause) {
        // The element type of a list.
        Class<?> type = argument.typeInfo().getAuxiliaryTypes()[0];
        boolean converted = argument.converters().length > 0;
        if (type.isEnum() && !converted) {
            return "one of " + String.join(", ", constants(argument));
        }
        if (WHOLE.contains(type) && !converted) {
            return "a whole number";
        }
        return DECIMAL.contains(type) && !converted ? "a number" : String.valueOf(cause.getMessage());
    }
}
