// The reader's list: names in and out, the address, the history, and what it leaves in sight.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { provide } from "../../web/src/model/source.js";
import { pageData } from "./page-data.js";

const [MINE, PLANT, MAKER, SELLER, TWIN, OTHER] = [0, 1, 2, 3, 4, 5];
const data = pageData({
  entities: ["mine", "Plánt  A", "maker", "seller", "twin", "twin2"],
  needs: [
    ["Plánt  A", "mine", 1],
    ["maker", "Plánt  A", 0.75],
  ],
  alias: { seller: ["Acme Sales"] },
  losses: [
    ["mine", 1, 0],
    ["Plánt  A", 1, 1, "mine"],
    ["seller", 0.5, 1, "mine"],
    ["maker", 0.75, 2, "Plánt  A"],
  ],
  portfolio: { nodes: [MAKER], company: -1, left_out: 2 },
});
// Two entities of one name.
data.nodes.label[OTHER] = data.nodes.label[TWIN];
provide(data);
const mine = await import("../../web/src/model/mine.js");
const { sight } = await import("../../web/src/model/sight.js");
const store = await import("../../web/src/store.js");
const actions = await import("../../web/src/actions/mine.js");
const { link, readLink } = await import("../../web/src/url/url.js");
const { registerMine } = await import("../../web/src/url/mine-state.js");
const { cards, impacts } = await import("../../web/src/model/runs.js");
const { tableOf } = await import("../../web/src/model/tables.js");

const { state } = store;
registerMine();
const list = () => [...state.mine];
const sync = () => mine.syncSight(state, () => []);
beforeEach(() => {
  readLink("");
  Object.assign(state, { selected: -1, row: -1, line: -1, pathQuery: null, lens: null });
  sync();
});

test("the list is at first what the page was made with", () => {
  assert.deepEqual(list(), [MAKER]);
  assert.equal(link(), "");
  assert.equal(mine.leftOut, 2);
});
test("names are read without regard to accents, capitals and spaces, by other names and IRIs too", () => {
  const text = '\ufeffMINE\r\nplant a\n\n  acme sales \n"maker"\nhttps://example.org/seller\nmine';
  assert.deepEqual(mine.readNames(text), { rows: [MINE, PLANT, SELLER, MAKER], unclear: [], more: 0, isCut: false });
});
test("a name that is unknown or that two entities have is told, with what it may mean", () => {
  const { rows, unclear } = mine.readNames("selller\ntwin\nnobody at all\n<b>&,%");
  assert.deepEqual(rows, []);
  assert.deepEqual(unclear, [
    { name: "selller", near: [SELLER] },
    { name: "twin", near: [TWIN, OTHER] },
    { name: "nobody at all", near: [] },
    { name: "<b>&,%", near: [] },
  ]);
  const many = mine.readNames(Array.from({ length: 50 }, (_, n) => `nobody ${n}`).join("\n"));
  assert.equal(many.unclear.length + many.more, 50);
  assert.ok(mine.readNames("x".repeat(300000)).isCut);
});
test("the list that is copied is read back as the same list", () => {
  const all = [OTHER, MINE, PLANT, MAKER, SELLER, TWIN];
  const text = mine.listText(all);
  assert.match(text, /^https:\/\/example.org\/twin2\nmine\n/);
  assert.deepEqual(mine.readNames(text).rows, all);
});
test("the address has the list, the company and the switch, and brings them back", () => {
  actions.setList([SELLER, MINE], MAKER, true);
  assert.equal(link(), "mine=seller,mine,maker&company=maker&only=mine");
  const written = link();
  readLink("");
  assert.deepEqual([list(), state.company, state.onlyMine], [[MAKER], -1, false]);
  assert.deepEqual(readLink(written), []);
  assert.deepEqual([list(), state.company, state.onlyMine], [[SELLER, MINE, MAKER], MAKER, true]);
  assert.equal(link(), written);
});
test("an empty list is not the list of the page", () => {
  actions.setList([], -1, true);
  assert.equal(link(), "mine=-");
  assert.deepEqual(readLink("mine=-"), []);
  assert.deepEqual(list(), []);
  assert.ok(!state.onlyMine);
});
test("a company is always on the list, and the view where none is named is its own", () => {
  assert.deepEqual(readLink("mine=mine&company=seller"), []);
  assert.deepEqual(list(), [MINE, SELLER]);
  assert.equal(store.usualView(), "mine");
  readLink("");
  assert.equal(store.usualView(), "cascade");
});
test("what makes no sense in an address is told and left out", () => {
  const missing = "The link names entities that are not in this data.";
  const nonsense = "Parts of the link make no sense here and were left out.";
  assert.deepEqual(readLink("mine=mine,nobody,%253Cscript%253E"), [missing]);
  assert.deepEqual(list(), [MINE]);
  assert.deepEqual(readLink("company=nobody"), [missing]);
  assert.equal(state.company, -1);
  assert.deepEqual(readLink("mine=-&only=mine"), [nonsense]);
  assert.deepEqual(readLink("only=everything"), [nonsense]);
  assert.deepEqual(readLink("mine=%25"), [nonsense]);
  const long = readLink(`mine=${Array(1001).fill("mine").join(",")}`);
  assert.match(long[0], /more than 1000/);
  assert.deepEqual(list(), [MINE]);
});
test("each change is a step of the history", () => {
  const before = store.past.length;
  actions.toggleMark(MINE);
  actions.setCompany(MINE);
  actions.showOnlyMine(true);
  assert.deepEqual([list(), state.company, state.onlyMine], [[MAKER, MINE], MINE, true]);
  actions.toggleMark(MINE);
  assert.deepEqual([list(), state.company], [[MAKER], -1]);
  actions.clearList();
  assert.ok(!state.onlyMine);
  assert.equal(store.past.length, before + 5);
  for (let step = 0; step < 5; step += 1) store.goBack();
  assert.deepEqual([list(), state.company, state.onlyMine], [[MAKER], -1, false]);
});
test("only so many fit, and what has no room is counted", () => {
  assert.equal(actions.addToList([MINE, PLANT, MAKER]), 0);
  assert.deepEqual(list(), [MAKER, MINE, PLANT]);
  actions.setList(
    Array.from({ length: mine.MOST_LISTED - 1 }, (_, n) => 100 + n),
    -1,
    false,
  );
  assert.equal(actions.addToList([MINE, PLANT]), 1);
});
test("the list alone: on board and map with the way of the harm to it, in tables without", () => {
  actions.setList([MAKER], -1, true);
  sync();
  const names = (/** @type {number} */ step) => cards(step, true).map(({ label }) => label);
  assert.deepEqual([names(0), names(1), names(2)], [["mine"], ["Plánt  A"], ["maker"]]);
  assert.deepEqual(store.shownNodes(), [MINE, PLANT, MAKER]);
  assert.deepEqual(store.hiddenNeighbours(MAKER), []);
  const rows = tableOf({ view: "cascade", step: 9, only: -1, small: true }, []).rows;
  assert.deepEqual(
    rows.map(({ node }) => node),
    [MAKER],
  );
  assert.equal(tableOf({ ...state, view: "map" }, store.shownNodes()).rows.length, 1);
  // What is selected stays in sight, with its own way.
  Object.assign(state, { selected: SELLER, row: impacts.find(({ node }) => node === SELLER)?.index ?? -1 });
  sync();
  assert.ok(sight.nodes?.has(SELLER) && names(1).includes("seller"));
  actions.setList([TWIN], -1, true);
  Object.assign(state, { selected: -1, row: -1 });
  sync();
  assert.equal(sight.impacts?.size, 0);
});
