package org.dietsb.contracts.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.dietsb.contracts.policy.Parameter;
import org.dietsb.contracts.policy.Policy;
import org.dietsb.contracts.policy.PolicyField;
import org.dietsb.contracts.policy.PolicyJson;
import org.dietsb.contracts.policy.PolicyKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {

    @ParameterizedTest
    @CsvSource({
        "0.5, 0.5",
        "1, 1",
        ".25, 0.25",
        "1/2, 0.5",
        "50 %, 0.5",
        "50%, 0.5",
        "50\u00a0%, 0.5",
        "12.5 %, 0.125",
        " 3 / 4 , 0.75",
        "1e-3, 0.001",
        "2/3, 0.6666666666666666"
    })
    void readsNumbersFractionsAndPercentages(String text, double value) {
        assertThat(Share.parse(text)).isCloseTo(value, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "half", "1/2/3", "/", "1/", "1/0", "NaN", "Infinity", "0.5f", "%", "50 % %", "50 percent"})
    void refusesWhatIsNoShare(String text) {
        assertThatThrownBy(() -> Share.parse(text)).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void writesSharesAsPeopleDo() {
        assertThat(Stream.of(.5, 2.0 / 3, .875, 1.0, 0.0, 1.0 / 7, .123456789).map(Share::words))
                .containsExactly("0.5", "2/3", "0.875", "1", "0", "1/7", "0.123456789");
        assertThat(Share.parse(Share.words(2.0 / 3))).isEqualTo(2.0 / 3);
    }

    @Test
    void everyFieldSaysWhatItIsAndAllowsItsDefault() {
        List<Field> fields = Stream.<Field[]>of(
                        OrderField.values(), ScoringField.values(), PolicyField.values(), Parameter.values())
                .flatMap(Arrays::stream)
                .toList();
        for (Field field : fields) {
            assertThat(field.title()).as(field.label()).matches("[A-Z][A-Za-z0-9 -]+");
            assertThat(field.meaning()).as(field.label()).isNotBlank();
            assertThat(field.allowed()).as(field.label()).isNotBlank();
            assertThat(field.choices().isEmpty()).as(field.label()).isEqualTo(field.type() != Field.Type.CHOICE);
            if (!field.choices().isEmpty() && !field.usual().isEmpty()) {
                assertThat(field.choices()).as(field.label()).contains(field.usual());
            }
            if (field.range() != null && !field.usual().isEmpty()) {
                assertThat(field.allows(Share.parse(field.usual())))
                        .as(field.label())
                        .isTrue();
                assertThat(field.allows(Double.NaN)).as(field.label()).isFalse();
            }
        }
    }

    @Test
    void defaultsOfAPolicyAreThoseThatItIsBuiltWith() {
        for (PolicyKind kind : PolicyKind.values()) {
            Policy plain = Policy.ofKind(kind)
                    .scoreSet(kind.hasDiet() || kind.judgesByScores() ? "s" : null)
                    .of(kind.replays() ? "r" : null)
                    .build();
            String json = PolicyJson.of(plain).toString();
            for (Field field : PolicyField.of(kind)) {
                String usual = field instanceof PolicyField own ? own.usual(kind) : field.usual();
                if (field.type() == Field.Type.SHARE) {
                    assertThat(json).as(kind + " " + field.label()).contains(field.label() + "=" + Share.parse(usual));
                } else if (field.type() == Field.Type.CHOICE) {
                    assertThat(json).as(kind + " " + field.label()).contains(field.label() + "=" + usual);
                }
            }
        }
        assertThat(PolicyField.KEEP.usualWords()).isEqualTo("0.5, for diet-selective and diet-random 2/3");
        assertThat(PolicyField.END.usualWords())
                .isEqualTo("1, for infobatch and seta and bls 0.875, for progressive 0.9");
    }
}
