package org.dietsb.selector.page;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.List;

/** The templates in {@code templates/page}. A name with a $ denotes a fragment of a page that is also sent on its own. */
@CheckedTemplate(basePath = "page")
final class Pages {
    private Pages() {}

    static native TemplateInstance runs(
            RunList list, String defaultPolicy, List<String> scoreSets, Viewer.Badge viewer);

    static native TemplateInstance runs$live(RunList list);

    static native TemplateInstance run(RunView view, PolicyForm form, String refused, Viewer.Badge viewer);

    static native TemplateInstance run$live(RunView view);

    static native TemplateInstance policy$parameters(PolicyForm form);

    static native TemplateInstance policy$cost(PolicyForm form);

    static native TemplateInstance compare(CompareView view, Viewer.Badge viewer);

    static native TemplateInstance order(OrderForm order, Viewer.Badge viewer);

    static native TemplateInstance defaultPolicy(PolicyForm form, Viewer.Badge viewer);

    /** Commands to copy; the prefix is that of their ids in the page. */
    static native TemplateInstance commands(Commands commands, String prefix);

    static native TemplateInstance dryRun(DryRunView tried);

    static native TemplateInstance scoreSet(ScoreSetView view, Viewer.Badge viewer);

    static native TemplateInstance missing(String what, Viewer.Badge viewer);

    static native TemplateInstance problem(String title, String detail, Viewer.Badge viewer);

    static native TemplateInstance signIn(String back, String name, String problem, String unused, Viewer.Badge viewer);
}
