package org.dietsb.contracts.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyJsonTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void fillsInDocumentedDefaults() throws JsonProcessingException {
        assertThat(JSON.readTree(written("{'kind':'selective','rule':'percentile'}")))
                .isEqualTo(
                        JSON.readTree(
                                quoted(
                                        "{'kind':'selective','keep':0.5,'rule':'percentile','historySize':1024,"
                                                + "'batching':'shrink','losses':'fresh','selectionScale':1.0,'start':0.0,'end':1.0,'interrupt':0}")));
        assertThat(JSON.readTree(written("{'kind':'diet','scoreSet':'s'}")))
                .isEqualTo(JSON.readTree(
                        quoted("{'kind':'diet','prePruned':0.25,'order':'lowest','balanced':false,'scoreSet':'s'}")));
        assertThat(JSON.readTree(written("{'kind':'infobatch'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'infobatch','keep':0.5,'start':0.0,'end':0.875}")));
        assertThat(JSON.readTree(written("{'kind':'repb'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'repb','keep':0.5,'start':0.0,'end':1.0,'cap':100000.0}")));
        assertThat(JSON.readTree(written("{'kind':'replay','of':'run-1'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'replay','batching':'shrink','start':0.0,'end':1.0,"
                        + "'interrupt':0,'of':'run-1'}")));
        assertThat(JSON.readTree(written("{'kind':'progressive','tau':0.5}")))
                .isEqualTo(JSON.readTree(
                        quoted("{'kind':'progressive','start':0.0,'end':0.9,'gamma':1.0,'recheck':5.0,'tau':0.5}")));
        assertThat(JSON.readTree(written("{'kind':'rho','scoreSet':'s'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'rho','keep':0.5,'batching':'shrink','losses':'fresh',"
                        + "'selectionScale':1.0,'start':0.0,'end':1.0,'interrupt':0,'scoreSet':'s'}")));
        assertThat(JSON.readTree(written("{'kind':'rs2'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'rs2','keep':0.5,'start':0.0,'end':1.0}")));
        assertThat(JSON.readTree(written("{'kind':'baseline'}")))
                .isEqualTo(JSON.readTree(quoted("{'kind':'baseline'}")));
    }

    @Test
    void isReadBackAsItWasWritten() throws JsonProcessingException {
        for (String json : new String[] {
            "{'kind':'baseline'}",
            "{'kind':'random','keep':0.25,'batching':'accumulate','start':0.1,'end':0.9,'interrupt':5}",
            "{'kind':'selective','rule':'percentile','historySize':4096}",
            "{'kind':'diet-selective','keep':0.75,'prePruned':0.5,'order':'highest','balanced':true,'scoreSet':'s-1'}",
            "{'kind':'diet-random','order':'random','prePruned':0.1}",
            "{'kind':'selective','losses':'stale:3','selectionScale':0.5}",
            "{'kind':'selective','losses':'proxy:resnet8','selectionScale':0.5}",
            "{'kind':'infobatch','keep':0.7,'start':0.1,'end':0.9}",
            "{'kind':'repb','keep':0.7,'start':0.1,'end':0.9}",
            "{'kind':'orderdp','keep':0.3,'draw':0.8}",
            "{'kind':'repb','keep':0.3,'cap':4}",
            "{'kind':'bls','keep':0.3,'smoothing':0.7}",
            "{'kind':'ies','delta':0.002,'recheck':3}",
            "{'kind':'rcap','scoreSet':'s','keep':0.1,'beta':0.25}",
            "{'kind':'rho','scoreSet':'run-1.last-loss','keep':0.1,'losses':'stale:3','batching':'accumulate'}",
            "{'kind':'rs2','keep':0.3,'start':0.1}",
            "{'kind':'progressive','tau':0.5,'gamma':0.95,'recheck':7,'end':1}",
            "{'kind':'seta','drop':0,'groups':10,'window':0.6}",
            "{'kind':'replay','of':'run-1@0123456789abcdef','batching':'accumulate','interrupt':3}"
        }) {
            Policy policy = read(json);
            assertThat(read(written(json).replace('"', '\''))).isEqualTo(policy);
            assertThat(PolicyWire.fromWire(PolicyWire.toWire(policy))).isEqualTo(policy);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'keep':0.5} | kind is missing, allowed is one of baseline, random, selective, diet, diet-selective, diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho, rcap",
                "{'kind':'magic'} | kind is magic, allowed is one of baseline, random, selective, diet, diet-selective, diet-random, infobatch, repb, replay, orderdp, rs2, progressive, seta, random-like, bls, ies, rho, rcap",
                "{'kind':'infobatch','keep':0} | keep is 0, allowed is (0, 1]",
                "{'kind':'orderdp','draw':0} | draw is 0, allowed is (0, 1]",
                "{'kind':'orderdp','draw':'much'} | draw is much, allowed is a number such as 0.5, a fraction such as 1/2, or a percentage such as 50 %",
                "{'kind':'random','tau':0.5} | tau is 0.5, allowed is none for random",
                "{'kind':'progressive','recheck':2.5} | recheck is 2.5, allowed is [1, 1000], a whole number",
                "{'kind':'seta','keep':0.5} | keep is 0.5, allowed is 1 for seta, which has no keep",
                "{'kind':'diet','scoreSet':'own:0'} | scoreSet is own:0, allowed is the id of a score set, or own:N, N in [1, 1000]",
                "{'kind':'random','keep':1.5} | keep is 1.5, allowed is (0, 1]",
                "{'kind':'baseline','keep':0.5} | keep is 0.5, allowed is 1 for baseline, which trains on whole batches",
                "{'kind':'random','prePruned':0.25} | prePruned is 0.25, allowed is 0 for random, which has no diet",
                "{'kind':'selective','losses':'stale'} | losses is stale, allowed is fresh, stale:N, N in [1, 1000], or proxy:MODEL",
                "{'kind':'selective','losses':'stale:0'} | losses is stale:0, allowed is fresh or stale:N, N in [1, 1000]",
                "{'kind':'selective','losses':'proxy:'} | losses is proxy:, allowed is proxy:MODEL",
                "{'kind':'random','losses':'proxy:resnet8'} | losses is proxy:resnet8, allowed is fresh for random, which uses no losses",
                "{'kind':'selective','selectionScale':0.1} | selectionScale is 0.1, allowed is [0.25, 1]",
                "{'kind':'selective','rule':'best'} | rule is best, allowed is one of rank, percentile",
                "{'kind':'selective','historySize':-1} | historySize is -1, allowed is [1, 1000000]",
                "{'kind':'selective','start':0.5,'end':0.4} | end is 0.4, allowed is [start, 1], start is 0.5",
                "{'kind':'selective','interrupt':-1} | interrupt is -1, allowed is 0 (never) or more",
                "{'kind':'replay'} | of is missing, allowed is the id of a run whose masks are recorded, with @ and 16 hexadecimal digits one record of it",
                "{'kind':'replay','of':'run@12'} | of is run@12, allowed is the id of a run whose masks are recorded, with @ and 16 hexadecimal digits one record of it",
                "{'kind':'replay','of':'run','keep':0.5} | keep is 0.5, allowed is 1 for replay, which keeps what was kept",
                "{'kind':'random','of':'run'} | of is run, allowed is none for random",
                "{'kind':'rho'} | scoreSet is missing: rho compares losses with those of a reference",
                "{'kind':'rho','scoreSet':'own:2'} | scoreSet is own:2, allowed is the id of a score set for rho",
                "{'kind':'rho','scoreSet':'s','rule':'percentile'} | rule is percentile, allowed is none for rho, which keeps the highest",
                "{'kind':'rcap'} | scoreSet is missing: rcap takes the classes of the examples from it",
                "{'kind':'rcap','scoreSet':'s','beta':0} | beta is 0, allowed is (0, 1000]",
                "{'kind':'diet'} | scoreSet is missing: the diet of diet uses EL2N scores (only order random without balanced does not)"
            })
    void rejectsWithFieldValueAndAllowedRange(String json, String message) {
        assertThatThrownBy(() -> read(json)).hasMessage(message);
    }

    private static Policy read(String json) throws JsonProcessingException {
        return JSON.readValue(quoted(json), PolicyJson.class).toPolicy();
    }

    private static String written(String json) throws JsonProcessingException {
        return JSON.writeValueAsString(PolicyJson.of(read(json)));
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }
}
