package org.dietsb.testbed;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.dataset.Dataset;
import org.dietsb.trainer.dataset.DeviceImages;
import org.dietsb.trainer.dataset.ImageSet;
import org.dietsb.trainer.device.TrainerDevice;
import org.dietsb.trainer.loss.LossLog;
import org.dietsb.trainer.mask.MaskInbox;
import org.dietsb.trainer.metric.TrainingMeters;
import org.dietsb.trainer.model.Network;
import org.dietsb.trainer.model.NetworkSpec;
import org.dietsb.trainer.model.Precisions;
import org.dietsb.trainer.policy.Policies;
import org.dietsb.trainer.train.EpochFigures;
import org.dietsb.trainer.train.RunListener;
import org.dietsb.trainer.train.TrainingLoop;
import org.dietsb.trainer.train.TrainingOrder;

/** Runs the trainer's own loop in this JVM, each time on a fresh network. */
public record LocalTrainer(TrainerDevice device, Dataset dataset, Precisions precisions) {

    /** Figures of all epochs, and the checksum of the final weights. */
    public record Trained(List<EpochFigures> epochs, String weightsChecksum) {}

    /**
     * Trains to the end.
     *
     * @param log takes the run's messages, and has the inbox answered
     * @throws IllegalStateException if the run does not complete
     */
    public Trained train(TrainingOrder order, LossLog log, MaskInbox inbox, Policies policies)
            throws InterruptedException {
        List<EpochFigures> epochs = new ArrayList<>();
        try (Network network = network(order);
                DeviceImages train = images(network, dataset.train())) {
            DeviceImages test = order.evaluateEvery() == 0 ? train : images(network, dataset.test());
            TrainingLoop.Outcome outcome = new TrainingLoop(
                            order,
                            new TrainingLoop.Learner(network, train, test),
                            new TrainingLoop.Exchange(log, inbox, policies),
                            new TrainingMeters(new SimpleMeterRegistry(), false),
                            new Epochs(epochs),
                            null)
                    .run();
            if (!(outcome instanceof TrainingLoop.Outcome.Completed)) {
                throw new IllegalStateException("the run did not complete: " + outcome);
            }
            return new Trained(epochs, network.checksum());
        }
    }

    /** Creates the network of an order, with fresh weights. */
    public Network network(TrainingOrder order) {
        TrainingOrder.Recipe recipe = order.recipe();
        NetworkSpec spec = new NetworkSpec(
                NetworkSpec.Origin.fresh(order.model()),
                dataset.train().channels(),
                dataset.classNames().size(),
                order.seed(),
                recipe.momentum(),
                recipe.weightDecay());
        return Network.create(spec, device.device(), precisions);
    }

    /** Creates the device's images of a set; they are freed with the network at the latest. */
    public DeviceImages images(Network network, ImageSet set) {
        return new DeviceImages(network.manager(), set, dataset.mean(), dataset.std());
    }

    /** Collects the figures of each epoch. */
    private record Epochs(List<EpochFigures> figures) implements RunListener {
        @Override
        public void epochOpened(int epoch, double epochs, int[] kept, Policy policy) {}

        @Override
        public void policyPlaced(long revision, Policy policy, int epoch, int batch) {}

        @Override
        public void slotDone(int epoch, int batch, int batches, EpochProgress soFar) {}

        @Override
        public void epochDone(EpochFigures done) {
            figures.add(done);
        }
    }
}
