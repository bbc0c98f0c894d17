package org.dietsb.contracts;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {

    @Test
    void allowsEightTagsOfFortyCharacters() {
        assertThatCode(() -> Tags.check(IntStream.range(0, 8)
                        .mapToObj(i -> i + "._-".repeat(13))
                        .toList()))
                .doesNotThrowAnyException();
        assertThatCode(() -> Tags.check(List.of())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Upper", "two words", "a,b", "ä", "12345678901234567890123456789012345678901", "a\n"})
    void rejectsAMalformedTagNamingIt(String tag) {
        assertThatThrownBy(() -> Tags.check(List.of("good", tag)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tags is " + tag + ", allowed is [a-z0-9._-]{1,40}");
    }

    @Test
    void rejectsTooManyTagsAndTheSameTwice() {
        assertThatThrownBy(() -> Tags.check(Collections.nCopies(9, "a")))
                .hasMessage("tags is 9 tags, allowed is 8 or fewer");
        assertThatThrownBy(() -> Tags.check(List.of("a", "b", "a")))
                .hasMessage("tags is a, b, a, allowed is each tag once");
    }
}
