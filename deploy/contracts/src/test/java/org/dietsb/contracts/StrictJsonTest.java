package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictJsonTest {
    record Part(@Nullable Double keep) {}

    record Body(
            @Nullable Integer count,
            @Nullable Long seed,
            @Nullable Double rate,
            @Nullable Boolean flip,
            @Nullable String name,
            float @Nullable [] losses,
            @Nullable Part policy) {}

    private static Body read(@Nullable String json) {
        return StrictJson.read(json == null ? null : json.replace('\'', '"'), Body.class, "an order");
    }

    @Test
    void readsWhatIsThere() {
        Body body =
                read("{'count':3,'seed':-7,'rate':1,'flip':true,'name':'a','losses':[1,2.5],'policy':{'keep':0.5}}");
        assertThat(body.count()).isEqualTo(3);
        assertThat(body.seed()).isEqualTo(-7);
        assertThat(body.rate()).isEqualTo(1);
        assertThat(body.losses()).containsExactly(1, 2.5f);
        assertThat(body.policy()).isEqualTo(new Part(.5));
        assertThat(read("{}").name()).isNull();
    }

    @Test
    void aMissingBodyIsAnError() {
        assertThatThrownBy(() -> read(null)).hasMessage("the body is missing, it should be an order");
        assertThatThrownBy(() -> read(" ")).hasMessage("the body is missing, it should be an order");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'count': | the body is not JSON",
                "{} {} | the body is not JSON",
                "[] | the body is not a JSON object, it should be an order",
                "{'counts':3} | counts is not a key of an order, allowed are count, flip, losses, name, policy, rate, seed",
                "{'policy':{'kept':1}} | policy.kept is not a key of an order, allowed are keep",
                "{'count':'3'} | count is 3, allowed is an integer",
                "{'count':3.5} | count is 3.5, allowed is an integer",
                "{'seed':true} | seed is true, allowed is an integer",
                "{'rate':'1'} | rate is 1, allowed is a number",
                "{'flip':1} | flip is 1, allowed is true or false",
                "{'name':1} | name is 1, allowed is a string",
                "{'losses':1} | losses is 1, allowed is a list of numbers",
                "{'losses':[1,'x']} | losses.1 is x, allowed is a number",
                "{'policy':1} | policy is 1, allowed is a policy, as a JSON object",
                "{'policy':{'keep':'1'}} | policy.keep is 1, allowed is a number"
            })
    void rejectsWithFieldValueAndWhatIsAllowed(String json, String message) {
        assertThatThrownBy(() -> read(json)).hasMessage(message);
    }
}
