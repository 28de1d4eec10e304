// SPDX-License-Identifier: GPL-3.0-or-later
// Whole days of the loop: a rep logs, a technician answers, the rep tells the client, and what the client says to that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, errors, isTooWide, log, open, phone, settled, shoot, signIn, startHouse, visit, words } from "./support.js";

const say = words.en;
startHouse();

// All there is to do, the pages of it opened.
async function toDo(page) {
  await page.getByRole("link", { name: say.tell, exact: true }).click();
  await page.getByRole("heading", { name: say.tell_title }).waitFor();  // other views have articles too
  await page.getByRole("article").first().waitFor();
  for (const more = page.getByRole("button", { name: /^\d+ more$/ }); await more.isVisible();) await more.click();
}

test("a note goes all the way round", async () => {
  const rep = await open();
  await signIn(rep, "anna");
  await log(rep, "Helios Chemicals", "The gasket of the zebrafish pump weeps <b>badly</b>");
  await settled();

  const technician = await open();
  await signIn(technician, "hans");
  await technician.getByRole("link", { name: say.queues, exact: true }).click();
  await visit(technician, "queues/seals");
  const card = technician.getByRole("article").filter({ hasText: "zebrafish" });
  await card.getByText(/answer by/).first().waitFor();
  await card.getByRole("button", { name: say.claim, exact: true }).click();
  await card.getByLabel(/^Answer/).first().fill("Use the **blue** gasket 40-221, as in #1.");
  await card.getByRole("button", { name: say.preview }).click();
  await card.locator("strong", { hasText: "blue" }).waitFor();
  await shoot(technician, "round-answer");
  await card.getByRole("button", { name: say.send_answer }).click();
  await technician.getByText("The answer is on its way to anna.").waitFor();

  await toDo(rep);
  const told = rep.getByRole("article").filter({ hasText: "zebrafish" });
  await told.getByText("gasket 40-221").waitFor();
  await told.getByLabel(say.whom).fill("Ben Carter");
  await told.getByLabel(say.reaction).selectOption("solved");
  await shoot(rep, "round-tell");
  await told.getByRole("button", { name: say.told_it }).click();
  await rep.getByText(say.closed).waitFor();
  await settled();

  await visit(rep, "search");
  await rep.getByLabel(say.search_for).fill("zebrafish");
  const hit = rep.getByRole("article").filter({ hasText: "zebrafish" }).first();
  await hit.getByText("told", { exact: true }).waitFor();
  assert.equal((await hit.locator("mark").first().textContent()).toLowerCase(), "zebrafish");
  assert.equal(await hit.locator("b").count(), 0);
  assert.match(rep.url(), /q=zebrafish/, "the address holds the search");
  await hit.getByRole("link").first().click();
  await rep.getByRole("heading", { name: /Insight \d+/ }).waitFor();
  await rep.getByText("gasket 40-221").waitFor();
});

test("a question goes to the client and back; the client is not satisfied and it comes back; a second one cannot take it", async () => {
  const rep = await open();
  await signIn(rep, "anna");
  await log(rep, "Helios Chemicals", "The quokka gasket weeps");
  await settled();
  const technician = await open(), other = await open();
  await signIn(technician, "hans");
  await signIn(other, "elena");
  await visit(technician, "queues/seals");
  await visit(other, "queues/seals");
  const card = technician.getByRole("article").filter({ hasText: "quokka" }), theirs = other.getByRole("article").filter({ hasText: "quokka" });
  await theirs.getByRole("button", { name: say.claim, exact: true }).waitFor();
  await card.getByRole("button", { name: say.claim, exact: true }).click();
  await card.getByText(/^.*Yours until/).first().waitFor();
  // The other's page shows it without reloading; had they pressed at the same moment, the server would say who has it.
  await theirs.getByText(/hans has it until/).waitFor();
  const { id } = (await ask(technician, "GET", "work?holder=me&state=claimed")).items.find((work) => work.about.excerpt.includes("quokka"));
  assert.equal((await ask(other, "POST", `work/${id}/claim`, {})).code, "conflict");

  await card.getByText(say.ask, { exact: true }).first().click();
  await card.getByRole("textbox", { name: say.ask }).fill("Which size?");
  await card.getByRole("button", { name: say.ask_client }).click();
  await card.getByText(say.stopped).first().waitFor();

  await rep.getByRole("link", { name: /^News/ }).click();
  await rep.getByText("The technician asks the client: Which size?").waitFor();
  await toDo(rep);
  const question = rep.getByRole("article").filter({ hasText: "quokka" });
  await question.getByLabel(say.their_reply).fill("DN 50");
  await question.getByRole("button", { name: say.send_reply }).click();
  await rep.getByText(say.sent_on).waitFor();

  await card.getByText("DN 50").waitFor();
  await card.getByLabel(/^Answer/).first().fill("Gasket 40-221, the small one.");
  await card.getByRole("button", { name: say.send_answer }).click();
  await technician.getByText("The answer is on its way to anna.").waitFor();

  const untold = rep.getByRole("article").filter({ hasText: "quokka" });
  await untold.getByText("Gasket 40-221, the small one.").waitFor();
  await untold.getByLabel(say.whom).fill("Ben Carter");
  await untold.getByLabel(say.reaction).selectOption("not_solved");
  await untold.getByLabel(say.note).fill("It still weeps");
  await untold.getByRole("button", { name: say.told_it }).click();
  await rep.getByText(say.closed).waitFor();
  await card.first().waitFor();
  await card.getByRole("link").first().click();
  await technician.getByText(/It still weeps/).waitFor();

  // The answer is doubted by one and mended by the other.
  await visit(rep, technician.url().split("#/")[1]);
  await rep.getByText(say.flag_or_fix).first().click();
  await rep.getByLabel(say.reason).first().fill("Out of production");
  await rep.getByRole("button", { name: say.flag, exact: true }).click();
  await rep.getByText("anna doubts this answer: Out of production").waitFor();
  await technician.getByText("anna doubts this answer: Out of production").waitFor();
  await technician.getByText(say.flag_or_fix).first().click();
  await technician.getByRole("textbox", { name: "Answer" }).fill("Gasket 40-222.");
  await technician.getByRole("button", { name: say.mend }).click();
  await technician.getByText("doubts this answer").waitFor({ state: "detached" });
});

test("a wrong password is said, and an unknown client is added with its note", async () => {
  const page = await open();
  await page.getByLabel(say.name).fill("anna");
  await page.getByLabel(say.password).fill("not this one");
  await page.getByRole("button", { name: say.sign_in, exact: true }).click();
  await page.getByText("the name or the password is wrong").waitFor();
  await signIn(page, "anna");
  await visit(page, "log");
  await page.getByLabel(say.body).fill("They exist.");
  await page.getByLabel(/^Client/).fill("Quite New Ltd");
  await page.getByText("“Quite New Ltd” is new").waitFor();
  await page.getByRole("button", { name: say.save, exact: true }).click();
  await page.getByRole("link", { name: /Logged as insight/ }).waitFor();
});

test("a lead finds the silent client, reads its card, confirms who went, gathers what is coming, and writes a rule", async () => {
  const page = await open();
  await signIn(page, "lead");
  await page.getByRole("link", { name: say.attention, exact: true }).click();
  await page.getByRole("heading", { name: say.key_clients }).waitFor();
  await page.getByRole("figure").filter({ hasText: say.pareto_title }).waitFor();
  assert.ok((await page.getByRole("article").count()) > 3);
  // The most silent one is a mark of the picture, and the mark leads to its client.
  const silent = page.getByRole("figure").filter({ hasText: say.silence_title }).getByRole("link").first();
  const name = (await silent.getAttribute("aria-label")).split(":")[0];
  await silent.click();
  await page.getByRole("heading", { name, exact: true }).waitFor();

  const glass = (await ask(page, "GET", "clients?q=Quartz")).items[0].id;
  await visit(page, "client/" + glass);
  await page.getByRole("heading", { name: say.card_went }).waitFor();
  await page.getByRole("button", { name: "Nadia Benz went to Delta Pharma" }).click();
  await page.getByRole("cell", { name: /Nadia Benz \(until/ }).first().waitFor();
  await page.getByRole("heading", { name: say.card_went }).waitFor({ state: "detached" });

  await ask(page, "POST", "clients", { name: "Quartz twice" });
  await page.getByText(say.kept_twice).click();
  await page.getByLabel(say.other_client).fill("quartz twice");
  await page.getByRole("button", { name: say.merge_client }).click();
  await page.getByText("Quartz twice was merged into this", { exact: false }).waitFor();
  await page.getByRole("button", { name: say.part_again }).click();
  await page.getByText("Quartz twice was merged into this", { exact: false }).waitFor({ state: "detached" });

  await page.getByRole("link", { name: say.outlook, exact: true }).click();
  await page.getByRole("article").getByText("Independent witnesses", { exact: false }).first().waitFor();
  const ticks = page.getByRole("article").getByRole("heading").getByRole("checkbox");
  await ticks.nth(0).check();
  await ticks.nth(1).check();
  await page.getByLabel(say.gather_as).fill("Both at once");
  await page.getByRole("button", { name: say.gather_themes, exact: true }).click();
  const both = page.getByRole("article").filter({ hasText: "Both at once" });
  await both.getByText(say.split_theme).click();
  const word = both.getByRole("checkbox").nth(1), split = await word.inputValue();
  await word.check();
  await both.getByRole("button", { name: say.split, exact: true }).click();
  await page.getByRole("heading", { name: split, exact: true }).waitFor();

  await page.getByRole("link", { name: say.report, exact: true }).click();
  await page.getByRole("heading", { name: say.report_key_clients }).waitFor();
  const [csv] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "CSV" }).first().click()]);
  assert.match(csv.suggestedFilename(), /^key_clients-.*\.csv$/);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.getByRole("button", { name: say.print }).isVisible(), false);
  await page.emulateMedia({ media: null });

  const small = await open(phone);
  await signIn(small, "lead", words.ru);
  await visit(small, "routing");
  await small.getByText(words.ru.new_rule).click();
  await small.getByLabel(/^Что ищет/).last().fill("zebrafish");
  await small.getByText(/Поймало бы 1 из последних/).waitFor();
  assert.equal(await isTooWide(small), false, "the page is wider than the phone");
  await visit(small, "settings");
  await small.getByLabel(words.ru.email).fill("lead@example.org");
  await small.getByLabel(words.ru.news_escalated).check();
  await small.getByRole("button", { name: words.ru.keep, exact: true }).first().click();
  await small.getByText(words.ru.kept).waitFor();
  await small.getByRole("button", { name: words.ru.calendar_new }).click();
  await small.getByText(/\/calendar\/[0-9a-f]+\.ics/).waitFor();
});

test("a lead tries a CSV before it is kept, and reads why lines are refused", async () => {
  const page = await open();
  await signIn(page, "lead");
  await visit(page, "desk/imports");
  const csv = "who;what;when\nHelios Chemicals;Imported zebu note;2026-10-01\n;Nobody said this;2026-10-02\n";
  await page.getByLabel(say.file).setInputFiles({ name: "notes.csv", mimeType: "text/csv", buffer: Buffer.from(csv.replace(/;/g, ",")) });
  await page.getByRole("combobox", { name: "client", exact: true }).selectOption("who");
  await page.getByRole("combobox", { name: "body", exact: true }).selectOption("what");
  await page.getByRole("combobox", { name: "recorded_at", exact: true }).selectOption("when");
  await page.getByRole("button", { name: say.import, exact: true }).click();
  await page.getByText("kept 1, known before 0, refused 1").waitFor();
  await page.getByText(/^Line 3/).waitFor();
  assert.equal((await ask(page, "GET", "search?q=zebu")).total.value, 0, "trying keeps nothing");
  await page.getByLabel(say.dry_run).uncheck();
  await page.getByRole("button", { name: say.import, exact: true }).click();
  await page.getByText("kept 1, known before 0, refused 1").waitFor();
  await settled();
  assert.equal((await ask(page, "GET", "search?q=zebu")).total.value, 1);
});

test("no page had an error", () => assert.deepEqual(errors, []));
