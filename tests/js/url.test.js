// The fragment of the address, whatever it holds: read without an error, in a bounded time, and written as it was read.
import assert from "node:assert/strict";
import { env } from "node:process";
import { test } from "node:test";
import { packRows, unpackRows } from "../../web/src/url/rows.js";
import { link, listed, readLink, register, unlisted } from "../../web/src/url/url.js";

// KNOCKON_FUZZ=100000 tries more, and KNOCKON_FUZZ_SEED others.
const TRIES = Number(env.KNOCKON_FUZZ ?? 2000);
let state = Number(env.KNOCKON_FUZZ_SEED ?? 1) >>> 0;
/** A whole number below a limit, the same in each run (mulberry32). @param {number} limit */
function below(limit) {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
}
/** @template T @param {T[]} items */
const one = (items) => items[below(items.length)];
/** @param {number} most @param {() => string} make */
const several = (most, make) => Array.from({ length: below(most + 1) }, make).join("");
const PIECES = ["%", "%2", "%2C", "%25", "%ff", "%C3%A9", ",", "&", "=", "#", "~", "-", "0", "7", "00", "9999999", "é", "\ud83d",
  "\u202e", "\0", "a", "__proto__", "rows", "items", "word", "<b>", "+", " "]; // prettier-ignore
const text = () => several(8, () => one(PIECES));

/** @type {{ items: string[], rows: Set<number>, word: string }} */
const read = { items: [], rows: new Set(), word: "" };
register(
  "items",
  () => listed(read.items),
  (value) => {
    read.items = [];
    read.items = unlisted(value);
    return true;
  },
);
register(
  "rows",
  () => (read.rows.size ? packRows(read.rows) : ""),
  (value) => {
    const rows = value ? unpackRows(value, 500) : new Set();
    read.rows = /** @type {Set<number>} */ (rows ?? new Set());
    return Boolean(rows);
  },
);
register(
  "word",
  () => read.word,
  (value) => {
    read.word = value;
    return true;
  },
);

test("any fragment is read, and what is written for it reads the same", () => {
  for (let number = 0; number < TRIES; number += 1) {
    const fragment = several(5, () => one([text, () => `${one(["items", "rows", "word"])}=${text()}&`])());
    const notices = readLink(fragment);
    assert.ok(notices.every((notice) => typeof notice === "string" && notice.length < 200));
    assert.ok(Object.getPrototypeOf(read) === Object.prototype);
    const written = link();
    const before = { items: [...read.items], rows: [...read.rows].sort((a, b) => a - b), word: read.word };
    assert.deepEqual(readLink(written), [], fragment);
    assert.equal(link(), written, fragment);
    assert.deepEqual(
      [...read.rows].sort((a, b) => a - b),
      before.rows,
      fragment,
    );
  }
});
test("rows are read as they were written, and no others", () => {
  for (let number = 0; number < TRIES; number += 1) {
    const rows = new Set(Array.from({ length: below(40) }, () => below(one([10, 100, 1000]))));
    assert.deepEqual(unpackRows(packRows(rows), 1000), new Set([...rows].sort((a, b) => a - b)));
    const any = unpackRows(
      several(8, () => one(["~", "A", "_", "0", "5", "9", "-", ",", "-1", "99"])),
      60,
    );
    assert.ok(any === null || [...any].every((row) => row >= 0 && row < 60));
  }
});
test("a link that names all rows again and again is refused, not followed", () => {
  assert.equal(unpackRows("0-4999,".repeat(25_000).slice(0, -1), 5000), null);
  assert.equal(unpackRows("4-5,4", 10), null);
  assert.deepEqual(readLink("word=".padEnd(200_001, "x")), ["The link is too long to be read."]);
});
