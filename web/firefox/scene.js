// The visit of tests/browser/test_scene.py in Firefox, by pointer, by keyboard alone and by touch: node scene.js PAGE [FIREFOX].
// It writes what fails on standard error, and ends with 1 then.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import puppeteer from "puppeteer-core";

const [page, firefox = "/usr/bin/firefox-esr"] = process.argv.slice(2);
const address = pathToFileURL(page).href;
// The sentences on the way from the revenue back to the supplier begin like this.
const PROOF = [
  "Harbour Pumps buys all",
  "The ship pumps are made",
  "Delta Yard cannot float",
  "Every ferry that is sold",
];
const CHANGE = "[aria-label^='Change the need of Harbour Pumps']";
const SALES = ".card[aria-label^='Sales of ferries']";
const SLIDER = ".lever input[type=range]";

const words = (tab, selector) => tab.$$eval(selector, (all) => all.map((item) => item.textContent ?? ""));
const settled = (tab) => tab.waitForFunction(() => !document.body.hasAttribute("data-busy"));
/** The worst loss with the change, in per cent. */
async function after(tab) {
  await tab.waitForSelector(".effect", { visible: true });
  await settled(tab);
  const cells = await words(tab, ".effect tbody tr:first-child td");
  return Number.parseInt(cells[1], 10);
}

const pointer = {
  name: "pointer",
  press: async (tab, selector) => (await tab.waitForSelector(selector, { visible: true })).click(),
  pick: async (tab, card) => pointer.press(tab, card),
  async moveSlider(tab, selector, share) {
    const knob = await tab.waitForSelector(selector, { visible: true });
    await knob.scrollIntoView();
    const { x, y, width, height } = await knob.boundingBox();
    await tab.mouse.move(x + width * 0.3, y + height / 2);
    await tab.mouse.down();
    await tab.mouse.move(x + width * share, y + height / 2, { steps: 4 });
    await tab.mouse.up();
  },
};
const touch = {
  name: "touch",
  viewport: { width: 820, height: 1180, hasTouch: true },
  async press(tab, selector) {
    const item = await tab.waitForSelector(selector, { visible: true });
    await item.scrollIntoView();
    await item.tap();
  },
  pick: (tab, card) => touch.press(tab, card),
  async moveSlider(tab, selector, share) {
    const knob = await tab.waitForSelector(selector, { visible: true });
    await knob.scrollIntoView();
    const { x, y, width, height } = await knob.boundingBox();
    await tab.touchscreen.tap(x + width * share, y + height / 2);
  },
};
const keyboard = {
  name: "keyboard",
  async reach(tab, selector) {
    await tab.waitForSelector(selector, { visible: true });
    // Shift and Tab to what stands before: beyond both ends are the controls of Firefox, which this protocol does not walk.
    const standing = (wanted) => {
      const [element, { activeElement }] = [document.querySelector(wanted), document];
      if (element === activeElement) return "here";
      const before = activeElement.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_PRECEDING;
      return before ? "before" : "behind";
    };
    for (let press = 0; press < 150; press++) {
      const place = await tab.evaluate(standing, selector);
      if (place === "here") return;
      if (place === "before") await tab.keyboard.down("Shift");
      await tab.keyboard.press("Tab");
      if (place === "before") await tab.keyboard.up("Shift");
    }
    assert.fail(`Tab does not reach ${selector}`);
  },
  async press(tab, selector) {
    await this.reach(tab, selector);
    await tab.keyboard.press("Enter");
  },
  async pick(tab, card) {
    await this.reach(tab, ".card[tabindex='0']");
    for (let press = 0; press < 10; press++) {
      await tab.keyboard.press("ArrowRight");
      if (await tab.$(`${card}[aria-pressed='true']`)) return;
    }
    assert.fail(`the arrow keys do not reach ${card}`);
  },
  async moveSlider(tab, selector, share) {
    await this.reach(tab, selector);
    const value = () => tab.$eval(selector, (knob) => Number(knob.value));
    while ((await value()) < share) await tab.keyboard.press("ArrowRight");
  },
};

async function visit(tab, hand) {
  await hand.press(tab, "#search");
  await tab.keyboard.type("northern");
  await tab.keyboard.press("Enter");
  await hand.press(tab, "#what-if-fails");
  await settled(tab);
  await hand.pick(tab, SALES);
  const quoted = await words(tab, "#why .words");
  assert.deepEqual(
    quoted.map((line, place) => line.startsWith(PROOF[place])),
    PROOF.map(() => true),
    quoted.join("\n"),
  );
  await hand.press(tab, CHANGE);
  const shrunk = await after(tab);
  assert.ok(shrunk < 100, `with a second source of 30 % ${shrunk} % are lost`);
  await hand.moveSlider(tab, SLIDER, 0.6);
  assert.ok((await after(tab)) < shrunk, "a larger second source helps more");
  const state = await outcome(tab);
  const link = await tab.evaluate(() => window.knockon.link());
  await hand.press(tab, "#before-after");
  await tab.waitForSelector("#compare-changes", { visible: true });
  return { link, state };
}
/** What is asked, and the saved table. */
const outcome = (tab) =>
  tab.evaluate(() => [document.querySelector("#question-label")?.textContent, window.knockon.csv()]);

/** A tab that remembers what must not happen. */
async function open(browser, url, viewport = { width: 1440, height: 900 }) {
  const tab = await browser.newPage();
  const wrong = [];
  tab.on("pageerror", (error) => wrong.push(`error ${error.message}`));
  tab.on("console", (line) => ["error", "warn"].includes(line.type()) && wrong.push(`console ${line.text()}`));
  tab.on("request", (request) => /^(file|data|blob):/.test(request.url()) || wrong.push(`request ${request.url()}`));
  await tab.setViewport(viewport);
  await tab.goto(url);
  await tab.waitForSelector("#question", { visible: true });
  return { tab, wrong };
}

const browser = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true });
try {
  for (const hand of [pointer, keyboard, touch]) {
    const { tab, wrong } = await open(browser, address, hand.viewport);
    const { link, state } = await visit(tab, hand);
    const again = await open(browser, `${address}#${link}`, hand.viewport);
    await settled(again.tab);
    assert.deepEqual(await outcome(again.tab), state, "the address opens the same");
    assert.deepEqual([...wrong, ...again.wrong], []);
    await Promise.all([tab.close(), again.tab.close()]);
    console.log(`Firefox, by ${hand.name}: the scene holds`);
  }
} finally {
  await browser.close();
}
