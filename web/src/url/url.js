// The state of the page as the fragment of its address, "#view=map&entity=acme-vision": opening the address shows the same.
// Each part of the page adds its keys with register(); this module knows none of them.

// Longer fragments and more parts than any page writes are not read.
const LONGEST = 200000;
const PARTS = 100;
// Many changes in a row are one change of the address.
const PAUSE = 150;

/** @type {Map<string, { write: () => string | number | null | undefined, read: (value: string) => boolean | string, place: number }>} */
const keys = new Map();
let timer = 0;
// Entries that the page adds to the history of the browser, at most: Back always leads out again.
const ENTRIES = 40;
// How many steps the reader has taken, and how many of them the address has followed.
let taken = () => 0;
let followed = 0;
let depth = 0;
// What the address was last set to, or would have been where a frame forbids it.
/** @type {string | null} */
let written = null;

/**
 * `write()` gives the value, empty where the part is as it is at first. `read(value)` sets the part without drawing anything;
 * an empty value means as at first. It returns false, or a sentence for the reader, where the value makes no sense.
 * Keys are read in the order of `place`, then of registration: 0 what the others hang on, 5 usual.
 * @param {string} key
 * @param {() => string | number | null | undefined} write
 * @param {(value: string) => boolean | string} read
 * @param {number} [place]
 */
export function register(key, write, read, place = 5) {
  keys.set(key, { write, read, place });
}
const ordered = () => [...keys].sort(([, a], [, b]) => a.place - b.place);

/**
 * Lists stand with commas between them; an item may hold any letter.
 * @param {string[]} items
 */
export const listed = (items) => items.map((item) => item.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
/** @param {string} value */
export const unlisted = (value) => (value ? value.split(",").map(decodeURIComponent) : []);

/**
 * As few percent signs as an address allows; half a surrogate pair has no place in one.
 * @param {string} value
 */
const encode = (value) =>
  encodeURIComponent(value.replace(/\p{Surrogate}/gu, "\ufffd")).replace(/%(2C|3A|2F|40|3B)/g, decodeURIComponent);

export function link() {
  const parts = ordered()
    .map(([key, { write }]) => [key, write()])
    .filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return parts.map(([key, value]) => `${key}=${encode(String(value))}`).join("&");
}

/**
 * What the fragment says, by key; null where it cannot be read at all.
 * @param {string} fragment
 */
function parse(fragment) {
  if (fragment.length > LONGEST) return null;
  const parts = fragment.split("&").filter(Boolean);
  if (parts.length > PARTS) return null;
  const values = new Map();
  let bad = false;
  for (const part of parts) {
    const at = part.indexOf("=");
    const key = part.slice(0, at);
    try {
      if (at < 1 || !keys.has(key) || values.has(key)) bad = true;
      else values.set(key, decodeURIComponent(part.slice(at + 1)));
    } catch {
      bad = true;
    }
  }
  return { values, bad };
}
/**
 * Sets the whole state from a fragment; returns sentences about what could not be done, none where all is well.
 * @param {string} fragment
 */
export function readLink(fragment) {
  const parsed = parse(fragment);
  if (!parsed) return ["The link is too long to be read."];
  const notices = new Set();
  let bad = parsed.bad;
  for (const [key, { read }] of ordered()) {
    let answer;
    try {
      answer = read(parsed.values.get(key) ?? "");
    } catch (reason) {
      // A percent sign too many within a list.
      if (!(reason instanceof URIError)) throw reason;
      answer = false;
    }
    if (answer === false) bad = true;
    else if (typeof answer === "string") notices.add(answer);
  }
  if (bad) notices.add("Parts of the link make no sense here and were left out.");
  return [...notices];
}

export const address = () => (location.protocol === "about:" ? "" : location.href.split("#")[0]);
function write() {
  timer = 0;
  const fragment = link();
  if (fragment === written || (written === null && !fragment && location.hash.length < 2)) return;
  written = fragment;
  const isStep = taken() !== followed && depth < ENTRIES && window.parent === window;
  followed = taken();
  depth += Number(isStep);
  const place = fragment ? `#${fragment}` : location.pathname + location.search;
  try {
    if (isStep) history.pushState({ knockon: depth }, "", place);
    else history.replaceState({ knockon: depth }, "", place);
  } catch (reason) {
    // A frame without an address of its own: the link can still be copied.
    if (!(reason instanceof DOMException && reason.name === "SecurityError")) throw reason;
  }
}
// Called after whatever changes the state.
let started = false;
export function touch() {
  if (!started) return;
  clearTimeout(timer);
  timer = setTimeout(write, PAUSE);
}
// The entry that the page was opened with can be recognised when the reader comes back to it.
function mark() {
  try {
    history.replaceState({ knockon: 0 }, "");
  } catch (reason) {
    if (!(reason instanceof DOMException && reason.name === "SecurityError")) throw reason;
  }
}
/**
 * `opened` is called when somebody puts another fragment into the address bar, `returned` when the browser goes back or forward.
 * @param {(fragment: string) => void} opened
 * @param {(fragment: string, by: number) => void} returned
 * @param {() => number} counter of the steps the reader has taken: each has an entry in the history of the browser
 */
export function followAddress(opened, returned, counter) {
  started = true;
  taken = counter;
  followed = counter();
  mark();
  addEventListener("popstate", ({ state }) => {
    const fragment = location.hash.slice(1);
    if (typeof state?.knockon !== "number") return;
    const by = state.knockon - depth;
    depth = state.knockon;
    clearTimeout(timer);
    if (fragment === written) return;
    written = fragment;
    returned(fragment, by);
    followed = counter();
  });
  addEventListener("hashchange", () => {
    const fragment = location.hash.slice(1);
    if (fragment === written) return;
    clearTimeout(timer);
    written = fragment;
    opened(fragment);
    followed = counter();
  });
}
