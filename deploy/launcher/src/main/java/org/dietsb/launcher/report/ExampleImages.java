package org.dietsb.launcher.report;

import java.util.List;
import java.util.stream.StreamSupport;
import org.dietsb.launcher.system.LocalSystem;
import org.dietsb.launcher.text.UserError;

/** Stores the training images that a report shows. */
public final class ExampleImages {
    private final String dataset;
    private final int limit;
    private final ReportFolder folder;
    private final LocalSystem system;

    /**
     * Fetches images of one dataset from the trainer of a running system.
     *
     * @param limit number of training images that runs use
     */
    public ExampleImages(String dataset, int limit, ReportFolder folder, LocalSystem system) {
        this.dataset = dataset;
        this.limit = limit;
        this.folder = folder;
        this.system = system;
    }

    /** Fetches these training images, if the trainer has the dataset; those that are stored already are not fetched again. */
    public void fetch(String fingerprint, Iterable<Integer> indices) {
        List<Integer> missing = StreamSupport.stream(indices.spliterator(), false)
                .filter(index -> !folder.hasImage(fingerprint, index))
                .toList();
        String path = "/datasets/" + dataset + "/examples/";
        String query = ".png?fingerprint=" + fingerprint + "&limit=" + limit;
        for (int index : missing) {
            try {
                folder.keepImage(fingerprint, index, system.trainer.bytes(path + index + query));
            } catch (UserError none) {
                folder.keepNoImage(fingerprint, index, String.valueOf(none.getMessage()));
            }
        }
    }
}
