package org.dietsb.selector.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.dietsb.contracts.RefusedException;
import org.dietsb.contracts.field.Field;
import org.dietsb.contracts.field.OrderField;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyKind;
import org.junit.jupiter.api.Test;

class OrderFormTest {
    private static Typed typed(Map<String, String> fields) {
        return new Typed(new MultivaluedHashMap<>(fields));
    }

    @Test
    void noFieldOfAnOrderHasTheNameOfAFieldOfAPolicy() {
        Set<String> ofPolicies = new HashSet<>();
        for (PolicyKind kind : PolicyKind.values()) {
            PolicyField.of(kind).stream().map(Field::label).forEach(ofPolicies::add);
        }
        assertThat(ofPolicies).contains("window", "keep");
        assertThat(Arrays.stream(OrderField.values()).map(OrderForm::nameOf)).doesNotContainAnyElementsOf(ofPolicies);
    }

    @Test
    void bothWindowsAreOrdered() {
        JsonNode order = OrderForm.order(typed(Map.of("kind", "seta", "window", ".8", "inFlight", "2")));
        assertThat(order.path("window").asInt()).isEqualTo(2);
        assertThat(order.at("/policy/window").asDouble()).isEqualTo(.8);
    }

    @Test
    void eachWindowIsRefusedAtItsField() {
        assertThatThrownBy(() -> OrderForm.order(typed(Map.of("kind", "seta", "window", "3", "inFlight", "0"))))
                .isInstanceOfSatisfying(RefusedException.class, refused -> {
                    Map<String, String> byName = typed(Map.of())
                            .refused(OrderForm.byName(RefusedException.byField(refused)))
                            .wrong();
                    assertThat(byName).containsOnlyKeys("window", "inFlight");
                    assertThat(byName.get("inFlight")).startsWith("window is 0, allowed is");
                    assertThat(byName.get("window")).startsWith("window is 3");
                });
    }
}
