package org.dietsb.trainer.rest;

import org.dietsb.contracts.policy.Policy;
import org.dietsb.trainer.train.TrainingOrder;

/** Orders as REST accepts them. */
public final class TestOrders {
    private TestOrders() {}

    /** The order of a request that names no policy. */
    public static TrainingOrder of(String json, Policy policy) {
        return RunRequest.read(json, policy, RunRequestTest.FILES).order();
    }

    /** The order of a baseline run that has this id and is otherwise by default. */
    public static TrainingOrder baseline(String id) {
        return of("{\"id\": \"" + id + "\"}", Policy.BASELINE);
    }
}
