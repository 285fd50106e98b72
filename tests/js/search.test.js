// Search: words in any order, beginnings, parts, and a wrong letter; the better the earlier; hostile queries end soon.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: [
      "Semiconductor",
      "Semiconductor foundry",
      "Taiwan Semiconductor Manufacturing",
      "Face login",
      "Login fees",
      "Nimbus Cloud",
      "İstanbul Çelik A.Ş.",
      "x".repeat(5000),
    ],
    needs: [],
    alias: { "Taiwan Semiconductor Manufacturing": ["TSMC"] },
  }),
);
const { isNear, search } = await import("../../web/src/model/search.js");
/** @param {string} query */
const labels = (query) => search(query).map((node) => node.label);

test("a whole name comes first, then its beginning, then words in it", () => {
  assert.deepEqual(labels("semiconductor"), [
    "Semiconductor",
    "Semiconductor foundry",
    "Taiwan Semiconductor Manufacturing",
  ]);
  assert.deepEqual(labels("tsmc"), ["Taiwan Semiconductor Manufacturing"]);
});
test("words are found in any order and by their beginnings", () => {
  assert.deepEqual(labels("manufacturing taiwan"), ["Taiwan Semiconductor Manufacturing"]);
  assert.deepEqual(labels("man tai"), ["Taiwan Semiconductor Manufacturing"]);
  assert.deepEqual(labels("log"), ["Login fees", "Face login"]);
});
test("a letter too many, too few, exchanged or wrong is forgiven in words that are long enough", () => {
  for (const query of ["nimbsu", "nimbs cloud", "nimbuss", "nambus", "cluod nimbus"])
    assert.deepEqual(labels(query), ["Nimbus Cloud"], query);
  assert.deepEqual(labels("semicondcutr taiwn"), ["Taiwan Semiconductor Manufacturing"]);
  assert.deepEqual(labels("fee"), ["Login fees"]);
  assert.deepEqual(labels("fxe"), []);
  assert.deepEqual(labels("istanbul celik"), ["İstanbul Çelik A.Ş."]);
  assert.ok(isNear("abcd", "abdc", 1) && !isNear("abcd", "dcba", 1));
});
test("a query of any length and kind ends soon, and finds nothing where there is nothing", () => {
  for (const query of ["%", "(((((", "a ".repeat(1e5), "x".repeat(1e6), "\u0000", "type:", "🙂", "constructor", "\\"])
    assert.ok(Array.isArray(search(query)));
  assert.deepEqual(labels("zzzz"), []);
});
