package org.dietsb.trainer.train;

/** Ends a run as failed. The message is one line for its user: what is wrong, and what to change. */
public final class RunFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RunFailedException(String message) {
        super(message);
    }

    /** Fails a run that ends without having taken a step: its weights are the initial ones. */
    public static RunFailedException noStep(TrainingOrder order) {
        return new RunFailedException("no training step was taken: policy "
                + order.firstPolicy().kind().label()
                + " selected none of the announced examples. Raise keep, use rule rank (which selects at least one"
                + " example of each batch), or train on more examples");
    }
}
