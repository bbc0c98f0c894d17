package org.dietsb.trainer.dataset;

/**
 * A dataset as listed by GET /datasets.
 *
 * @param available whether it can be opened without a download
 * @param where the folder, or the place it would come from
 */
public record DatasetCard(
        String name, boolean available, String where, int examples, int testExamples, int classes, String licence) {}
