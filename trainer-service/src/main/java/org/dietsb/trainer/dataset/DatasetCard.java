package org.dietsb.trainer.dataset;

/**
 * A dataset as GET /datasets lists it.
 *
 * @param available whether it can be opened without a download
 * @param where the folder, or where it would come from
 */
public record DatasetCard(
        String name, boolean available, String where, int examples, int testExamples, int classes, String licence) {}
