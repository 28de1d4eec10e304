// SPDX-License-Identifier: GPL-3.0-or-later
// The whole round in Chromium: a rep logs, a technician answers, the rep tells the client; in both languages.
// Screenshots go to $SCREENSHOTS if it is set.
import assert from "node:assert/strict";
import { spawn, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { words } from "../../server/web/words.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = path.join(root, "build/bin");
const data = path.join(mkdtempSync(path.join(tmpdir(), "tidings-web-")), "data");
const password = "a long password";
const errors = []; // of any page
let server, url, browser;

const indexer = (args, input) => execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", ...args], { input, stdio: ["pipe", "pipe", "pipe"] }).toString();

before(async () => {
  const sample = ["1-desk", "2-accounts", "3-notes"].map((name) => path.join(root, "indexer/sample", name + ".ndjson"));
  indexer(["import", "--as-of", "2026-11-01", ...sample]);
  for (const name of ["anna", "hans", "lead"]) indexer(["user", "passwd", name], password + "\n");
  server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:0", "--log", "error"]);
  url = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(/http:\S+/.exec(text)[0])));
  browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-quic", "--disable-background-networking"] });
});

after(async () => {
  await browser?.close();
  server?.kill("SIGTERM");
  rmSync(path.dirname(data), { recursive: true, force: true });
});

async function open(options = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1100, height: 800 }, ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(String(error)));
  // Asking who is signed in is answered 401 when nobody is; the browser notes that by itself.
  page.on("console", (message) => message.type() === "error" && !message.text().includes("401") && errors.push(message.text()));
  await page.goto(url);
  return page;
}

async function signIn(page, name, say = words.en) {
  await page.getByLabel(say.name).fill(name);
  await page.getByLabel(say.password).fill(password);
  await page.getByRole("button", { name: say.sign_in }).click();
  await page.getByRole("link", { name: say.log, exact: true }).waitFor();
}

// Until what was logged is in its queue and can be searched.
async function settled() {
  for (let i = 0; i < 300; ++i) {
    const state = await (await fetch(url + "/readyz")).json();
    if (state.ready && state.unrouted === 0 && state.indexed >= state.feed) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("the server does not settle");
}

async function shoot(page, name) {
  if (!process.env.SCREENSHOTS) return;
  mkdirSync(process.env.SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(process.env.SCREENSHOTS, name + ".png") });
}

test("both languages have the same words", () => {
  assert.deepEqual(Object.keys(words.en).sort(), Object.keys(words.ru).sort());
  for (const name of Object.keys(words.en)) {
    const holes = (text) => (text.match(/\{\w+\}/g) ?? []).sort();
    assert.deepEqual(holes(words.en[name]), holes(words.ru[name]), name);
  }
});

test("a note goes all the way round", async () => {
  const rep = await open();
  await signIn(rep, "anna");
  await rep.getByRole("link", { name: "Log", exact: true }).click();
  await rep.getByLabel(/^Client/).fill("Helios Chemicals");
  await rep.getByLabel("In the client's words").fill("The gasket of the zebrafish pump weeps <b>badly</b>");
  await rep.getByLabel(/^Title/).fill("Zebrafish gasket");
  await rep.getByLabel(/^Who said it/).fill("Ben Carter");
  await shoot(rep, "log-desk-light-en");
  await rep.getByRole("button", { name: "Log it" }).click();
  await rep.getByText(/Logged as insight \d+/).waitFor();
  await settled();

  const technician = await open();
  await signIn(technician, "hans");
  await technician.getByRole("link", { name: "Queues" }).click();
  await technician.getByLabel("Queue").selectOption("seals");
  const card = technician.getByRole("article").filter({ hasText: "zebrafish" });
  await card.getByText(/answer by/).waitFor();
  await card.getByRole("button", { name: "Take" }).click();
  await card.getByLabel(/^Answer/).fill("Use the blue gasket 40-221.");
  await shoot(technician, "queue-desk-light-en");
  await card.getByRole("button", { name: "Send the answer" }).click();
  await technician.getByText("The answer is on its way to anna.").waitFor();

  await rep.getByRole("link", { name: "To do" }).click();
  const told = rep.getByRole("article").filter({ hasText: "zebrafish" });
  await told.getByText("Use the blue gasket 40-221.").waitFor();
  await told.getByLabel("Whom did you tell?").fill("Ben Carter");
  await shoot(rep, "tell-desk-light-en");
  await told.getByRole("button", { name: "I told them" }).click();
  await rep.getByText("The loop is closed").waitFor();
  await settled();

  await rep.getByRole("link", { name: "Search" }).click();
  await rep.getByLabel(/^Search for/).fill("zebrafish");
  await rep.keyboard.press("Enter");
  const hit = rep.getByRole("article").filter({ hasText: "Zebrafish gasket" });
  await hit.getByText("told", { exact: true }).waitFor();
  assert.equal((await hit.locator("mark").first().textContent()).toLowerCase(), "zebrafish");
  assert.equal(await hit.locator("b").count(), 0);
  await hit.getByRole("link").click();
  await rep.getByText("Use the blue gasket 40-221.").waitFor();
  await shoot(rep, "insight-desk-light-en");
});

test("in Russian, on a phone, in the dark: search as a technician would", async () => {
  const page = await open({ locale: "ru-RU", viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await signIn(page, "hans", words.ru);
  await page.getByLabel(/^Что искать/).fill("уплотнения текут");
  await page.keyboard.press("Enter");
  await page.getByRole("article").first().locator("mark").first().waitFor();
  await shoot(page, "search-phone-dark-ru");
  // With the wrong keyboard layout, narrowed, and as it was typed.
  await page.getByLabel(/^Что искать/).fill("yfcjc");
  await page.keyboard.press("Enter");
  await page.getByText("Показано по запросу «насос».").waitFor();
  await page.getByText("Уточнить").click();
  await page.getByRole("link", { name: /^проблема \d/ }).click();
  await page.getByRole("link", { name: /^проблема \d/, current: true }).or(page.locator("a[aria-current=true]")).first().waitFor();
  await shoot(page, "search-narrowed-phone-dark-ru");
  await page.getByRole("link", { name: "Искать «yfcjc» как набрано" }).click();
  await page.getByText("Ничего не нашлось").waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.equal(wide, false, "the page is wider than the phone");
  await page.getByRole("link", { name: "Очереди" }).click();
  await page.getByRole("button", { name: "Взять следующее" }).waitFor();
  await shoot(page, "queue-phone-dark-ru");
});

test("a question goes to the client and back, an answer is doubted and mended, a rule shows what it would catch", async () => {
  const rep = await open();
  await signIn(rep, "anna");
  await rep.getByRole("link", { name: "Log", exact: true }).click();
  await rep.getByLabel(/^Client/).fill("Helios Chemicals");
  await rep.getByLabel("In the client's words").fill("The quokka gasket weeps");
  await rep.getByRole("button", { name: "Log it" }).click();
  await rep.getByText(/Logged as insight \d+/).waitFor();
  await settled();
  const technician = await open();
  await signIn(technician, "hans");
  await technician.goto(url + "/#/queues/seals");
  const card = technician.getByRole("article").filter({ hasText: "quokka" });
  await card.getByRole("button", { name: "Take" }).click();
  await card.getByLabel("Ask the client").fill("Which size?");
  await card.getByRole("button", { name: "Send the question" }).click();
  await card.getByText("the clock stands still").waitFor();
  await shoot(technician, "asked-desk-light-en");

  await rep.getByRole("link", { name: "News" }).click();
  await rep.getByText("The technician asks the client: Which size?").waitFor();
  await rep.getByRole("link", { name: "To do" }).click();
  const question = rep.getByRole("article").filter({ hasText: "quokka" });
  await question.getByLabel("What they said").fill("DN 50");
  await shoot(rep, "to-do-desk-light-en");
  await question.getByRole("button", { name: "Send it on" }).click();
  await rep.getByText("The technician has it.").waitFor();

  await technician.reload();
  await card.getByText("DN 50").waitFor();
  await card.getByLabel(/^Answer/).fill("Gasket 40-221, the small one.");
  await card.getByRole("button", { name: "Send the answer" }).click();
  await technician.getByText("The answer is on its way to anna.").waitFor();

  await rep.getByRole("link", { name: "To do" }).click();
  await rep.reload();
  await rep.getByRole("article").filter({ hasText: "quokka" }).getByRole("link").first().click();
  await rep.getByRole("heading", { name: /^Insight \d+/ }).waitFor();
  await rep.getByText("Flag it or fix it").click();
  await rep.getByLabel("Reason").fill("Out of production");
  await rep.getByRole("button", { name: "Doubt it" }).click();
  await rep.getByText("anna doubts this answer: Out of production").waitFor();
  await technician.goto(rep.url());
  await technician.getByText("Flag it or fix it").click();
  await technician.getByLabel("Answer").fill("Gasket 40-222.");
  await technician.getByRole("button", { name: "Fix it" }).click();
  await technician.getByText("doubts this answer").waitFor({ state: "detached" });

  const lead = await open({ locale: "ru-RU", viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await signIn(lead, "lead", words.ru);
  await lead.getByRole("link", { name: "Маршруты" }).click();
  await lead.getByText("Новое правило").click();
  await lead.getByLabel(/^Что ищет/).last().fill("quokka");
  await lead.getByText(/Поймало бы 1 из последних/).waitFor();
  assert.equal(await lead.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, "the page is wider than the phone");
  await shoot(lead, "routing-phone-dark-ru");
  await lead.getByRole("link", { name: "Настройки" }).click();
  await lead.getByLabel("Почта").fill("lead@example.org");
  await lead.getByLabel("Требует внимания.").check();
  await lead.getByRole("button", { name: "Сохранить" }).click();
  await lead.getByText("Сохранено.").waitFor();
  await lead.getByRole("button", { name: "Создать адрес" }).click();
  await lead.getByText(/\/calendar\/[0-9a-f]+\.ics/).waitFor();
  await shoot(lead, "settings-phone-dark-ru");
});

test("a wrong password is said, and an unknown client is offered to be added", async () => {
  const page = await open();
  await page.getByLabel("Name").fill("anna");
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("the name or the password is wrong").waitFor();
  await signIn(page, "anna");
  await page.getByRole("link", { name: "Log", exact: true }).click();
  await page.getByLabel(/^Client/).fill("Quite New Ltd");
  await page.getByLabel("In the client's words").fill("They exist.");
  await page.getByRole("button", { name: "Log it" }).click();
  await page.getByRole("button", { name: "Add the client" }).click();
  await page.getByText(/Logged as insight/).waitFor();
});

test("no page had an error", () => assert.deepEqual(errors, []));

test("a lead finds the silent client, reads its card, confirms who went, and gathers what is coming", async () => {
  const page = await open();
  await signIn(page, "lead");
  await page.getByRole("link", { name: words.en.attention, exact: true }).click();
  await page.getByRole("heading", { name: words.en.key_clients }).waitFor();
  const cards = page.getByRole("article");
  assert.ok((await cards.count()) > 3);
  await shoot(page, "attention");
  await page.goto(url + "/#/attention?key=true");
  await page.getByText(words.en.key_client).first().waitFor();

  // Who a note says went, at the glass works.
  const glass = await page.evaluate(() => fetch("/api/v1/clients?q=Quartz").then((reply) => reply.json()));
  await page.goto(`${url}/#/client/${glass.items[0].id}`);
  await page.getByRole("heading", { name: words.en.card_went }).waitFor();
  await shoot(page, "client");
  await page.getByRole("button", { name: "Nadia Benz went to Delta Pharma" }).click();
  await page.getByText("Nadia Benz (until", { exact: false }).waitFor();
  assert.equal(await page.getByRole("heading", { name: words.en.card_went }).count(), 0);

  await page.getByRole("link", { name: words.en.outlook, exact: true }).click();
  await page.getByText("Independent witnesses", { exact: false }).first().waitFor();
  await shoot(page, "outlook");
  const ticks = page.getByRole("checkbox");
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.getByLabel(words.en.gather_as).fill("Both at once");
  await page.getByRole("button", { name: words.en.gather_themes, exact: true }).click();
  await page.getByRole("heading", { name: "Both at once" }).waitFor();
  const both = page.getByRole("article").filter({ hasText: "Both at once" });
  await both.getByText(words.en.split_theme).click();
  const word = both.getByRole("checkbox").nth(1);
  const split = await word.inputValue();
  await word.check();
  await both.getByRole("button", { name: words.en.split, exact: true }).click();
  await page.getByRole("heading", { name: split, exact: true }).waitFor();

  // A client that was kept twice becomes one, and two again.
  await page.evaluate(() => fetch("/api/v1/clients", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ name: "Quartz twice" }) }));
  await page.goto(`${url}/#/client/${glass.items[0].id}`);
  await page.getByText(words.en.kept_twice).click();
  await page.getByLabel(words.en.other_client).fill("quartz twice");
  await page.getByRole("button", { name: words.en.merge_client }).click();
  await page.getByText("Quartz twice was merged into this", { exact: false }).waitFor({ state: "attached" });
  await page.getByText(words.en.kept_twice).click();
  await shoot(page, "kept-twice");
  await page.getByRole("button", { name: words.en.part_again }).click();
  await page.getByText("Quartz twice was merged into this", { exact: false }).waitFor({ state: "detached" });

  await page.goto(url + "/#/attention");
  await page.getByRole("link", { name: words.en.report }).click();
  await page.getByRole("heading", { name: words.en.report_key_clients }).waitFor();
  await shoot(page, "report");
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).first().click()]);
  assert.match(await readFile(await csv.path(), "utf8"), /^"client","owner","share"/);
  await page.emulateMedia({ media: "print" });
  await shoot(page, "report-print");
  assert.equal(await page.getByRole("button", { name: words.en.print }).isVisible(), false);
  await page.emulateMedia({ media: null });

  // Whoever has not been spoken with is a call for the one who keeps the account.
  const due = await page.evaluate(async () => {
    const { items } = await (await fetch("/api/v1/attention?limit=100")).json();
    const line = items.find((each) => each.call_by && each.call_by <= new Date().toISOString().slice(0, 10));
    await fetch("/api/v1/clients/" + line.client.id, { method: "PATCH", headers: { "content-type": "application/json" }, body: JSON.stringify({ owner: "anna" }) });
    return line.client.name;
  });

  const phone = await open({ locale: "ru-RU", viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  await signIn(phone, "anna", words.ru);
  await phone.goto(url + "/#/tell");
  await phone.getByRole("heading", { name: words.ru.to_call }).waitFor();
  await phone.getByRole("link", { name: due }).first().waitFor();
  await shoot(phone, "tell-phone-ru-dark");
  await phone.goto(url + "/#/attention?owner=me");
  await phone.getByRole("heading", { name: words.ru.attention }).waitFor();
  await shoot(phone, "attention-phone-ru-dark");
  await phone.getByRole("article").first().getByRole("link").first().click();
  await phone.getByRole("heading", { name: words.ru.card_people }).waitFor();
  await shoot(phone, "client-phone-ru-dark");
  await phone.goto(url + "/#/log");
  await phone.getByLabel(words.ru.client, { exact: false }).first().fill("Nordic Dairy");
  await phone.getByLabel(words.ru.client, { exact: false }).first().blur();
  await phone.getByText("Спросите:", { exact: false }).waitFor();
  assert.deepEqual(errors, []);
});
