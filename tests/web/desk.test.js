// SPDX-License-Identifier: GPL-3.0-or-later
// A technician at the desk, by keys alone: search as one types, walk, open; queues, taking, answering; triage.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, errors, log, open, settled, shoot, signIn, startHouse, until, visit, words } from "./support.js";

const say = words.en;
startHouse();

test("search by keys: completions, narrowing, walking, the preview, and the address that holds it all", async () => {
  const page = await open({ viewport: { width: 1500, height: 900 } });
  await signIn(page, "hans");
  await page.locator("main").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("pum");
  // The words of a base that has just begun are still being read: who types on gets them.
  for (let i = 0; i < 20 && !(await page.getByRole("option").first().isVisible()); ++i) {
    await page.waitForTimeout(500);
    if (await page.getByRole("option").first().isVisible()) break;
    await page.keyboard.press("Backspace");
    await page.keyboard.type("m");
    await page.waitForTimeout(500);
  }
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByRole("article").first().locator("mark").first().waitFor();
  assert.match(page.url(), /q=pum/);
  await page.getByText(say.narrow).click();
  const narrowed = page.waitForResponse(/search\?.*kind=problem/);
  await page.getByRole("link", { name: /^problem \d/ }).click();
  await narrowed;
  await page.locator("a.chip[aria-current=true]").first().waitFor();
  assert.match(page.url(), /kind=problem/);
  await page.locator("main").focus();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  const chosen = page.locator("article[aria-current=true]");
  const id = await chosen.getAttribute("data-id");
  await page.getByRole("complementary").getByRole("heading", { name: new RegExp("^Insight " + id) }).waitFor();
  await chosen.getByRole("button", { name: say.why_found }).click();
  await chosen.getByRole("listitem").first().waitFor();
  await shoot(page, "desk-search");
  // Another window at the same address shows the same.
  const same = await page.context().newPage();
  await same.goto(page.url());
  await same.locator("a.chip[aria-current=true]").first().waitFor();
  assert.match(await same.getByLabel(say.search_for).inputValue(), /^pum/);
  await page.locator("main").focus();
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp("#/insight/" + id));
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText(say.key_claim).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("no letter is lost, however fast one types", async () => {
  const page = await open();
  await signIn(page, "hans");
  const field = page.getByLabel(say.search_for);
  for (let i = 0; i < 5; ++i) {
    await field.fill("");
    await page.keyboard.type("mechanical seals of stock pumps");
    assert.equal(await field.inputValue(), "mechanical seals of stock pumps");
    await until(() => page.url().endsWith("q=mechanical+seals+of+stock+pumps"));
  }
});

test("a wrong keyboard layout is read, and can be searched as typed", async () => {
  const page = await open();
  await signIn(page, "hans");
  await page.getByLabel(say.search_for).fill("yfcjc");
  await page.getByText("Showing results for “насос”.").waitFor();
  await page.getByRole("link", { name: "Search for “yfcjc” as typed" }).click();
  await page.getByText(say.nothing).waitFor();
});

test("a saved search rings when something new is found", async () => {
  const page = await open(), rep = await open();
  await signIn(page, "hans");
  await page.getByLabel(say.search_for).fill("axolotl");
  await page.getByText(say.nothing).waitFor();
  await page.getByRole("button", { name: say.bell_on }).click();
  await page.getByText(say.bell_on_said).waitFor();
  await signIn(rep, "anna");
  await log(rep, "Helios Chemicals", "The axolotl tank needs a smaller pump");
  await settled();
  await visit(page, "news");
  await page.getByText(say.news_found).first().waitFor();
});

test("take, answer with what was answered before, and triage, by keys", async () => {
  const rep = await open();
  await signIn(rep, "anna");
  await log(rep, "Helios Chemicals", "The tapir seal MS-50 leaks after each stop of the pump");
  await settled();
  const page = await open();
  await signIn(page, "hans");
  const { items } = await ask(page, "GET", "work?state=waiting&limit=100");
  const queue = items.find((work) => work.about.excerpt.includes("tapir")).queue;
  await visit(page, "queues/" + queue);
  await page.getByRole("article").filter({ hasText: "tapir" }).waitFor();
  await page.locator("main").focus();
  const chosen = page.locator("article[aria-current=true]");
  for (let i = 0; i < 150; ++i) {
    await page.keyboard.press("j");
    if (/tapir/.test(await chosen.textContent())) break;
  }
  await page.keyboard.press("c");
  const mine = page.getByRole("article").filter({ hasText: "tapir" });
  await mine.getByLabel(/^Answer/).first().waitFor();
  await page.locator("main").focus();
  for (let i = 0; i < 20 && !/tapir/.test(await chosen.textContent()); ++i) await page.keyboard.press("k");
  await page.keyboard.press("a");
  await page.keyboard.type("Seal set 15-S, as for the others.");
  await page.reload();
  const field = page.getByRole("article").filter({ hasText: "tapir" }).getByLabel(/^Answer/).first();
  await field.waitFor();
  assert.equal(await field.inputValue(), "Seal set 15-S, as for the others.", "the draft outlives the page");
  await shoot(page, "desk-answer");
  await field.press("Control+Enter");
  await page.getByText("The answer is on its way to anna.").waitFor();

  // Triage: the first candidate by its digit.
  const triage = (await ask(page, "GET", "queues/triage/work?state=waiting&limit=50")).items.find((work) => work.route.candidates.some((each) => each.queue !== "triage"));
  if (triage) {
    await visit(page, "queues/triage");
    await page.getByRole("article").first().waitFor();
    await page.locator("main").focus();
    for (let i = 0; i < 60; ++i) {
      await page.keyboard.press("j");
      if ((await chosen.getAttribute("data-work")) === String(triage.id)) break;
    }
    await shoot(page, "desk-triage");
    await page.keyboard.press("1");
    await page.getByText(/^Moved to /).waitFor();
    const moved = await ask(page, "GET", "work/" + triage.id);
    assert.equal(moved.queue, triage.route.candidates.find((each) => each.queue !== "triage").queue);
  }
});

test("what is begun at one desk is gone on with at another, and what others do is seen without reloading", async () => {
  const rep = await open(), here = await open(), there = await open();
  await signIn(rep, "anna");
  await log(rep, "Helios Chemicals", "The quokka valve sticks after each wash");
  await settled();
  await signIn(here, "hans");
  await signIn(there, "hans");
  const { items } = await ask(here, "GET", "work?state=waiting&limit=200");
  const work = items.find((each) => each.about.excerpt.includes("quokka"));
  await ask(here, "POST", `work/${work.id}/claim`);
  for (const page of [here, there]) await visit(page, "queues/" + work.queue);
  const card = (page) => page.getByRole("article").filter({ hasText: "quokka" });
  await card(here).getByLabel(/^Answer/).first().fill("Grease it with");
  await until(async () => (await ask(here, "GET", `unsent/answer-${work.id}`)).text === "Grease it with");
  await there.reload();
  await card(there).getByLabel(/^Answer/).first().waitFor();
  await until(async () => (await card(there).getByLabel(/^Answer/).first().inputValue()) === "Grease it with");
  await card(there).getByLabel(/^Answer/).first().fill("Grease it with food-grade grease.");
  await card(there).getByRole("button", { name: say.send_answer }).click();
  await card(here).waitFor({ state: "detached", timeout: 5000 });
  assert.equal((await ask(here, "GET", `unsent/answer-${work.id}`)).code, "not_found");
});

test("lists of ten thousand hold as many as one has scrolled to", async () => {
  const page = await open();
  await signIn(page, "lead");
  const all = Array.from({ length: 10000 }, (_, index) => ({ id: index + 1, version: 1, name: "Client " + index, industry: "paper", region: "", revenue: index, owner: "", pinned: false, domain: "", merged_into: null, team: "", group: "", quiet: null, created_at: "2026-01-01T00:00:00Z" }));
  await page.route("**/api/v1/clients?limit=200*", async (route) => {
    const from = Number(new URL(route.request().url()).searchParams.get("cursor") ?? 0), to = from + 200;
    await route.fulfill({ json: { items: all.slice(from, to), cursor: to < all.length ? String(to) : null } });
  });
  await visit(page, "clients");
  // What nobody scrolled to is not there, and costs nothing.
  const rows = page.locator("tbody tr"), drawn = () => rows.count();
  await rows.first().waitFor();
  assert.ok((await drawn()) < 500, `${await drawn()} rows at first`);
  for (let before = 0; before < 2000;) {
    before = await drawn();
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await until(async () => (await drawn()) > before);
  }
  await page.getByText("Client 1999", { exact: true }).waitFor();
});

test("no page had an error", () => assert.deepEqual(errors, []));
