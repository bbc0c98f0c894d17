package org.dietsb.launcher.follow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.dietsb.launcher.text.Json;
import org.junit.jupiter.api.Test;

class WhatIfTableTest {

    private static ObjectNode epoch(int number, double... keptByClass) {
        ObjectNode line = Json.object().put("epoch", number);
        ArrayNode shares =
                line.withArray("policies").addObject().put("kept", .5).putArray("keptByClass");
        for (double share : keptByClass) {
            shares.add(share);
        }
        line.withArray("policies").addObject().put("refused", "there are no scores");
        return line;
    }

    private static List<String> lines(Object table) {
        return table.toString().lines().map(String::stripTrailing).toList();
    }

    @Test
    void showsTheMeanShareOfEachClassUnderEachPolicy() {
        WhatIfTable table = new WhatIfTable(List.of("selective,keep=1/2", "diet"));
        table.add(epoch(1, .25, 1));
        table.add(epoch(2, .75, 0));

        assertThat(lines(
                        table.byClass(Json.object().withArray("classes").add(60).add(40))))
                .containsExactly(
                        "class  examples  1: selective,keep=1/2  2: diet",
                        "0      60        0.500                  -",
                        "1      40        0.500                  -");
        assertThat(lines(table.table(false))).hasSize(3);
    }
}
