// SPDX-License-Identifier: GPL-3.0-or-later
// Every page: axe-core finds nothing in either theme and language, nothing is wider than a phone of 320 px, every word is
// said in the reader's language. SCREENSHOTS=FOLDER tests/web/pictures makes the pictures.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { ask, errors, house, isTooWide, open, settled, shoot, signIn, startHouse, visit, words } from "./support.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
startHouse();

const PAGES = ["search?q=pump", "log", "tell", "queues/seals", "queues/triage", "clients", "client/1", "insight/1", "attention", "outlook", "report", "routing", "desk/queues", "desk/people", "desk/words", "desk/in-vain", "desk/imports", "news", "outbox", "settings"];
const LOOKS = [
  { name: "desk-light-en", locale: "en-GB", colorScheme: "light", viewport: { width: 1440, height: 900 } },
  { name: "desk-dark-ru", locale: "ru-RU", colorScheme: "dark", viewport: { width: 1440, height: 900 } },
  { name: "phone-light-ru", locale: "ru-RU", colorScheme: "light", viewport: { width: 320, height: 700 } },
  { name: "phone-dark-en", locale: "en-GB", colorScheme: "dark", viewport: { width: 390, height: 844 } },
];

// axe is run outside the pages' own policy, as an extension would be.
async function faults(page) {
  // As high as the page: no target is under the menu by chance of how far it is scrolled.
  const { width, height } = page.viewportSize();
  // What it draws as it grows makes it longer; until it draws no more.
  for (let i = 0, before = -1, now = 0; i < 10 && now !== before; ++i) {
    await page.setViewportSize({ width, height: await page.evaluate(() => document.documentElement.scrollHeight + 400) });
    before = now;
    now = await page.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(document.querySelectorAll("body *").length), 100)));
  }
  await page.evaluate(axe + ";0");
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  await page.setViewportSize({ width, height });
  return violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.target.join(" ") + " " + node.failureSummary.split("\n").slice(1, 2).join("")).join(" | ")}`);
}

for (const look of LOOKS) {
  test(`every page is well made: ${look.name}`, async () => {
    const say = look.locale === "ru-RU" ? words.ru : words.en;
    const page = await open({ ...look, reducedMotion: "reduce" });
    const found = [...(await faults(page)).map((each) => "sign-in " + each)];
    await shoot(page, "sign-in-" + look.name);
    await signIn(page, "lead", say);
    if (look === LOOKS[0]) await ask(page, "POST", "work/claim", {});
    for (const where of PAGES) {
      await visit(page, where);
      await page.locator("main h1, main h2").first().waitFor({ state: "attached" });
      await page.waitForTimeout(350);
      await page.locator(".loader").first().waitFor({ state: "detached" });
      found.push(...(await faults(page)).map((each) => `${where} ${each}`));
      if (await isTooWide(page)) found.push(where + " is wider than the screen");
      await shoot(page, where.replace(/[/?=]/g, "-") + "-" + look.name);
    }
    assert.deepEqual(found, []);
  });
}

test("all of a page can be reached and named by keys alone", async () => {
  const page = await open();
  await signIn(page, "hans");
  await settled();
  await visit(page, "queues/seals");
  await page.getByRole("article").first().waitFor();
  assert.ok(await page.evaluate(() => document.querySelector("a, button").className === "skip"), "the first stop skips the menu");
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.locator(".skip").focus();
  const seen = new Set();
  for (let i = 0; i < 40; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement, style = getComputedStyle(element);
      return { name: element.textContent?.trim() || element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.getAttribute("name") || "", tag: element.tagName, outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
    });
    if (at.tag === "BODY") break;
    assert.ok(at.name, `${at.tag} has no name`);
    assert.ok(at.outline, `${at.tag} ${at.name} shows no focus`);
    seen.add(at.name);
  }
  for (const each of [words.en.search, words.en.take_next, words.en.claim]) assert.ok([...seen].some((name) => name.startsWith(each)), each + " is reached");
});

test("the door: Brotli, names that change with their bytes, kept for ever; the policy lets nothing else in", async () => {
  const page = await fetch(house.url + "/", { headers: { "Accept-Encoding": "br" } });
  const html = await page.text();
  assert.match(page.headers.get("content-security-policy"), /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(page.headers.get("content-security-policy"), /unsafe/);
  const tag = page.headers.get("etag");
  assert.equal((await fetch(house.url + "/", { headers: { "If-None-Match": tag } })).status, 304);
  let first = 0;
  for (const [, name] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    const part = await fetch(house.url + name, { headers: { "Accept-Encoding": "br" } });
    assert.equal(part.headers.get("content-encoding"), "br");
    assert.equal(part.headers.get("cache-control"), "public, max-age=31536000, immutable");
    first += Number(part.headers.get("content-length"));
  }
  assert.ok(first > 10000 && first < 150 * 1024, `the first load is ${first} bytes`);
  assert.equal((await fetch(house.url + "/assets/nothing.js")).status, 404);
});

test("no page had an error", () => assert.deepEqual(errors, []));
