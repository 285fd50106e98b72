// The lines of a brief, its Markdown, and what is chosen of what would help.
import assert from "node:assert/strict";
import { test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

provide(
  pageData({
    entities: ["mine", "plant", "shop", "sales"],
    needs: [
      ["plant", "mine", 1],
      ["shop", "plant", 0.75],
      ["sales", "shop", 1],
    ],
    classOf: (name) => (name === "sales" ? "RevenueStream" : "Company"),
  }),
);
const { helpLines, leastShares } = await import("../../web/src/model/brief/helps.js");
const { clipped, lineText, name, names } = await import("../../web/src/model/brief/lines.js");
const { briefMarkdown } = await import("../../web/src/model/brief/markdown.js");
const { escape, paragraph } = await import("../../web/src/model/markdown.js");
const { toggledLever } = await import("../../web/src/model/question.js");

const before = { loss: 0.8, low: 0.6, high: 1 };
/** @type {(slot: number, dependant: number, need: number, share: number) => SourceRemedy} */
const source = (slot, dependant, need, share) => ({
  slot,
  fact: slot,
  dependant,
  need,
  shares: [0.3, 0.5, 1].map((part) => ({ share: part, loss: 0.8 * (1 - part), low: 0.6 * (1 - part), high: 1 - part })),
  halving: share ? { share, loss: 0.4, low: 0.3, high: 0.5 } : null,
});
/** @type {(sources: SourceRemedy[], obstacles?: Partial<Remedies["obstacles"]>) => Remedies} */
const remedies = (sources, obstacles = {}) => ({
  before,
  onWay: 3,
  tried: 3,
  sources,
  changes: [],
  pairs: { tried: 0, of: 0, found: [] },
  obstacles: { itself: false, slots: [], hit: [], ties: [], ...obstacles },
});
const step = (/** @type {number} */ node) => node;
/** @param {Remedies | null} found */
const texts = (found) => helpLines("sales", found, step).map(lineText);

test("the second sources with the least share are named, those nearest to the shock first, without other business", () => {
  const found = remedies([source(2, 3, 2, 0.5), source(1, 2, 1, 0.5), source(0, 1, 0, 0.5)]);
  assert.deepEqual(
    leastShares(found, step).map(({ slots }) => slots),
    [[0], [1]],
  );
  assert.deepEqual(texts(found), [
    "A second source that takes over 50% of the need halves the loss of sales, from 80% to 40% (30–50%): of mine for plant, or of plant for shop.",
  ]);
});
test("where nothing halves the loss, that is said with what saves most, or with the reason", () => {
  assert.deepEqual(texts(remedies([source(0, 1, 0, 0)])), [
    "Nothing that was tried halves the loss of sales: no second source. What saves most, a second source for 100% of mine for plant, leaves 0%.",
  ]);
  assert.deepEqual(texts(remedies([], { hit: [0] })), [
    "Nothing that was tried halves the loss of sales: no second source. The shock cuts the need of plant for mine itself, whoever supplies.",
  ]);
  assert.deepEqual(texts(remedies([], { ties: [{ node: 1, loss: 0.8, ways: 2 }] })), [
    "Nothing that was tried halves the loss of sales: no second source. plant loses 80% in two equally bad ways.",
  ]);
  assert.match(texts(remedies([], { itself: true }))[0], /^Nothing halves the loss of sales: the shock hits it itself/);
  assert.match(texts(null)[0], /there is nothing to save/);
});
test("long lists and long names are cut", () => {
  assert.equal(lineText(names(["a", "b", "c", "d"], 3)), "a, b and 2 more");
  assert.equal([...clipped("😀".repeat(500))].length, 140);
});
test("text from the data writes no Markdown", () => {
  assert.equal(escape("*a*|b <b> https://example.org\n# x"), "\\*a\\*\\|b \\<b\\> https\\:\\/\\/example\\.org \\# x");
  assert.equal(paragraph("1. no list"), "1\\. no list\n");
  const document = {
    title: "A_b",
    publisher: "P",
    issued: "2024-05",
    url: "",
    retrieved: "",
    iri: "urn:d",
    changed: false,
  };
  const cited = { document, start: -1, end: -1, place: "", stance: "", claimant: "", words: "" };
  const text = briefMarkdown({
    cover: { title: "<script>", author: "", date: "", classification: "[x](y)" },
    title: "Shock",
    under: ["Data"],
    sections: [{ name: "Known", lines: [["It hits ", name("_x_"), " ", { cited: [cited, cited] }, "."]] }],
    sources: [document],
  });
  assert.match(text, /^# \\<script\\>\n\n\\\[x\\\]\(y\) · Data\n/);
  assert.match(text, /- It hits \\_x\\_ \\\[1\\\]\.\n/);
  assert.match(text, /\\\[1\\\] \*A\\_b\*\. Published by P; 2024-05\.\n$/);
});
test("a change that is tried replaces one of its kind, and goes when it is tried again", () => {
  const asked = { shock: 0, levers: [{ fact: 0, criticality: 0.5 }] };
  const tried = toggledLever(asked, { fact: 0, source: 0.3 });
  assert.deepEqual(tried.levers, [...asked.levers, { fact: 0, source: 0.3 }]);
  assert.deepEqual(toggledLever(tried, { fact: 0, source: 0.5 }).levers, [...asked.levers, { fact: 0, source: 0.5 }]);
  assert.deepEqual(toggledLever(tried, { fact: 0, source: 0.3 }).levers, asked.levers);
});
