package org.dietsb.selector.page;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import java.util.List;

/** The templates, of resources {@code templates/page}; those with a $ are parts of a page, which are sent alone too. */
@CheckedTemplate(basePath = "page")
final class Pages {
    private Pages() {}

    static native TemplateInstance runs(
            RunList list, String defaultPolicy, List<String> scoreSets, Viewer.Badge viewer);

    static native TemplateInstance runs$live(RunList list);

    static native TemplateInstance run(RunView view, PolicyForm form, Viewer.Badge viewer);

    static native TemplateInstance run$live(RunView view);

    static native TemplateInstance policy$parameters(PolicyForm form);

    static native TemplateInstance order(OrderForm order, Viewer.Badge viewer);

    static native TemplateInstance defaultPolicy(PolicyForm form, Viewer.Badge viewer);

    static native TemplateInstance dryRun(DryRunView tried);

    static native TemplateInstance scoreSet(ScoreSetView view, Viewer.Badge viewer);

    static native TemplateInstance missing(String what, Viewer.Badge viewer);

    static native TemplateInstance signIn(String back, String problem, Viewer.Badge viewer);
}
