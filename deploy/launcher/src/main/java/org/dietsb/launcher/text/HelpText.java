package org.dietsb.launcher.text;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Help texts with a synopsis of one line and the options in groups, each under the heading of the class that declares them. */
final class HelpText {
    private static final String OWN = "Options";
    private static final String STANDARD = "Help";

    private HelpText() {}

    /** Configures a command and its subcommands. */
    static void of(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        usage.abbreviateSynopsis(true).sortOptions(false);
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpText::options);
        command.getSubcommands().values().forEach(HelpText::of);
    }

    private static String options(Help help) {
        Map<String, List<OptionSpec>> groups = new LinkedHashMap<>();
        // The command's own options first, -h and -V last, whatever the order of declaration.
        groups.put(OWN, new ArrayList<>());
        List<OptionSpec> all = help.commandSpec().options().stream()
                .filter(option -> !option.hidden())
                .toList();
        all.forEach(option -> groups.computeIfAbsent(heading(option), none -> new ArrayList<>())
                .add(option));
        List<OptionSpec> standard = groups.remove(STANDARD);
        if (standard != null) {
            groups.put(STANDARD, standard);
        }
        StringBuilder text = new StringBuilder();
        groups.forEach((heading, options) -> {
            if (!options.isEmpty()) {
                Help.Layout layout = help.createDefaultLayout(all, List.of(), help.colorScheme());
                layout.addOptions(options.stream().map(FieldText::described).toList(), help.parameterLabelRenderer());
                text.append(System.lineSeparator())
                        .append(heading)
                        .append(':')
                        .append(System.lineSeparator())
                        .append(layout);
            }
        });
        return text.toString();
    }

    private static String heading(OptionSpec option) {
        if (!(option.userObject() instanceof Field field)) {
            return STANDARD;
        }
        Class<?> by = field.getDeclaringClass();
        Heading heading = by.getAnnotation(Heading.class);
        return heading != null ? heading.value() : by.getName().startsWith("picocli") ? STANDARD : OWN;
    }
}
