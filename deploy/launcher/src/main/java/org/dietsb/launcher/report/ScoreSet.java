package org.dietsb.launcher.report;

import org.dietsb.launcher.experiment.Scoring;
import org.dietsb.launcher.follow.Scores;

/** The scores of a scoring. */
public record ScoreSet(Scoring scoring, Scores scores) {}
