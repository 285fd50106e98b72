// Numbers and dates for people, text for people and spreadsheets, rows for the address, shapes for the map.
import assert from "node:assert/strict";
import { test } from "node:test";
import { day, percent, plural, range } from "../../web/src/model/format.js";
import { legible, textCell } from "../../web/src/model/text.js";
import { arrival, bend, middle, signRadius, via } from "../../web/src/render/geometry.js";
import { Grid } from "../../web/src/render/grid.js";
import { packRows, unpackRows } from "../../web/src/url/rows.js";
import { link, listed, readLink, register, unlisted } from "../../web/src/url/url.js";

test("shares, ranges, counts and dates", () => {
  assert.equal(percent(0.123), "12%");
  assert.equal(range({ low: 0.5, high: 0.5 }), "");
  assert.equal(range({ low: 0.81, high: 1 }), "81–100%");
  assert.equal(plural(1, "row", "rows"), "1 row");
  assert.equal(plural(1200, "row", "rows"), "1,200 rows");
  assert.equal(day("2023"), "2023");
  assert.match(day("2023-12"), /^Dec 2023$/);
  assert.match(day("2023-12-08"), /^Dec 8, 2023$/);
  assert.equal(day("2023-99"), "2023-99");
});
test("numbers and dates are written as the reader's language writes them", async () => {
  const address = "../../web/src/model/format.js?tr";
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  Object.defineProperty(globalThis, "navigator", { value: { languages: ["tr-TR"] }, configurable: true });
  /** @type {typeof import("../../web/src/model/format.js")} */
  const format = await import(address);
  if (before) Object.defineProperty(globalThis, "navigator", before);
  else Reflect.deleteProperty(globalThis, "navigator");
  assert.equal(format.percent(1), "%100");
  assert.match(format.range({ low: 0.81, high: 1 }), /^%81.*100$/);
  assert.equal(format.day("2023-12-08"), "8 Ara 2023");
  assert.equal(format.count(1200), "1.200");
});
test("what turns, hides or stops other text is shown by its number", () => {
  assert.equal(legible("a\u202eb\u0000c\u{e0041}"), "a\\u202eb\\x00c\\U000e0041");
});
test("a cell never starts a formula, and a number is none", () => {
  assert.equal(textCell("=1+1"), "'=1+1");
  assert.equal(textCell("\u200b\uff1d1"), "'\u200b\uff1d1");
  assert.equal(textCell("'=1"), "''=1");
  assert.equal(textCell("-3.5"), "-3.5");
  assert.equal(textCell("plain"), "plain");
});
test("rows are packed into whichever form is shorter, and come back", () => {
  const few = new Set([107, 100, 101, 102, 103, 104]);
  assert.equal(packRows(few), "100-104,107");
  assert.deepEqual(unpackRows("100-104,107", 108), new Set([...few].sort((a, b) => a - b)));
  const scattered = new Set(Array.from({ length: 200 }, (_, n) => 3 * n));
  const many = new Set(Array.from({ length: 285 }, (_, n) => 7 * n));
  assert.ok(packRows(many).length < 420);
  assert.deepEqual(unpackRows(packRows(many), 2000), many);
  const text = packRows(scattered);
  assert.ok(text.startsWith("~") && text.length < 110);
  assert.deepEqual(unpackRows(text, 600), scattered);
  assert.deepEqual(unpackRows(packRows([]), 5), new Set());
  for (const bad of ["x", "3-1", "0-9", "~%", "~________"]) assert.equal(unpackRows(bad, 5), null);
});
test("the address says what differs from the first view, and nothing in it breaks the page", () => {
  let value = "";
  register(
    "entity",
    () => value,
    (given) => {
      value = given;
      return given !== "nobody" || "There is no such entity.";
    },
  );
  assert.equal(link(), "");
  value = "a&b=c,%";
  assert.equal(link(), "entity=a%26b%3Dc,%25");
  assert.deepEqual(readLink(link()), []);
  assert.equal(value, "a&b=c,%");
  assert.deepEqual(readLink("entity=nobody"), ["There is no such entity."]);
  assert.equal(readLink("entity=%E0%A4%A&x=1")[0], "Parts of the link make no sense here and were left out.");
  assert.equal(readLink("x".repeat(300000))[0], "The link is too long to be read.");
  assert.deepEqual(unlisted(listed(["a,b", "50%"])), ["a,b", "50%"]);
});
test("lines between the same two bend apart, single ones are straight", () => {
  /** @type {(id: number, from: number, to: number) => Omit<Line, "turn" | "roundness" | "many">} */
  const line = (id, from, to) => ({ id, from, to, family: "need", hub: false });
  const [there, back, alone] = bend([line(0, 1, 2), line(1, 2, 1), line(2, 1, 3)]);
  const [a, b] = [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
  ];
  assert.equal(alone.turn, 0);
  assert.equal(via(alone, a, b), null);
  assert.deepEqual(middle(alone, a, b), { x: 50, y: 0 });
  assert.ok(middle(there, a, b).y * middle(back, b, a).y < 0);
  assert.deepEqual(arrival(alone, a, b, 10), {
    angle: 0,
    tip: { x: 90, y: 0 },
  });
});
test("signs stay legible from afar, and the nearest that reaches a point is found", () => {
  assert.equal(signRadius(11, 1, 10), 11);
  assert.ok(signRadius(11, 0.3, 10) > 11);
  /** @type {(id: number, x: number) => Sign} */
  const sign = (id, x) => ({
    id,
    x,
    y: 0,
    size: 11,
    family: "thing",
    letter: "A",
    loss: null,
    unknown: false,
    marked: false,
  });
  const nodes = [sign(0, 0), sign(1, 150)];
  const grid = new Grid(nodes);
  const reach = () => 12;
  assert.equal(grid.nearest(141, 4, 40, reach)?.id, 1);
  assert.equal(grid.nearest(75, 0, 40, reach), null);
  grid.remove(nodes[1]);
  assert.equal(grid.nearest(150, 0, 40, reach), null);
});
