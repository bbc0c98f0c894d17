package org.dietsb.launcher.experiment;

/** What is wrong with an experiment's file: file, line, key, value and what is allowed, in one line. */
public final class ExperimentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExperimentException(String message) {
        super(message);
    }
}
