// SPDX-License-Identifier: GPL-3.0-or-later
// A rep in the field: notes that fill themselves in, no network at any step, drafts that outlive the page.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ask, errors, house, open, phone, root, settled, shoot, signIn, startHouse, until, visit, words } from "./support.js";

const say = words.ru;
startHouse();

async function onThePhone() {
  const page = await open(phone);
  await signIn(page, "anna", say);
  await page.evaluate(() => navigator.serviceWorker.ready);
  return page;
}

test("a note says by itself of whom, of what kind, when and how likely", async () => {
  const page = await onThePhone();
  await visit(page, "log");
  await page.getByLabel(say.body).fill("Орлова из ГорВодоканала ждёт запрета хлора к лету 2027");
  await until(async () => (await page.getByLabel(/^Клиент/).inputValue()) === "ГорВодоканал");
  await page.getByText(/31\s+авг\.\s+2027\s+г\. · 70\s+%/).waitFor();
  assert.ok(await page.getByLabel("ожидаемая перемена").isChecked());
  assert.ok(await page.getByLabel("Светлана Орлова").isChecked());
  await page.getByText(/^Спросите:/).waitFor();
  await page.getByRole("heading", { name: say.known_already }).waitFor();
  await shoot(page, "field-log");
  await page.getByRole("button", { name: say.save, exact: true }).click();
  await page.getByRole("link", { name: /Записано, номер/ }).waitFor();
  const id = /\d+/.exec(await page.getByRole("link", { name: /Записано, номер/ }).textContent())[0];
  const note = await ask(page, "GET", "insights/" + id);
  assert.equal(note.foreseen.to, "2027-08-31");
  assert.equal(note.foreseen.likelihood, 0.7);
  assert.deepEqual(note.contacts.map((contact) => contact.name), ["Светлана Орлова"]);
});

test("without a network the pages open, notes are kept in order, and each is sent once when it is back", async () => {
  const page = await onThePhone();
  await visit(page, "log");
  await page.getByLabel(/^Клиент/).waitFor();
  const visited = (await ask(page, "GET", "clients?q=Helios")).items[0];
  await visit(page, "client/" + visited.id);
  await page.getByRole("heading", { name: visited.name }).waitFor();
  await visit(page, "tell");
  await page.getByRole("heading", { name: say.tell_title }).waitFor();
  await page.waitForTimeout(500);

  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole("heading", { name: say.tell_title }).waitFor();
  await visit(page, "client/" + visited.id);
  await page.getByRole("heading", { name: visited.name }).waitFor();
  await page.getByText(/^Сохранено .*сервер недоступен/).first().waitFor();
  await visit(page, "log");
  for (const text of ["Первая офлайн-заметка окапи", "Вторая офлайн-заметка окапи"]) {
    await page.getByLabel(say.body).fill(text);
    await page.getByLabel(/^Клиент/).fill("Совсем Новый Завод");
    await page.getByRole("button", { name: say.save, exact: true }).click();
    await page.locator("p.done", { hasText: say.saved_later }).waitFor();
  }
  await page.getByText("к отправке:").waitFor();
  await visit(page, "outbox");
  await page.getByText("Вторая офлайн-заметка окапи").first().waitFor();
  await shoot(page, "field-outbox");
  // The battery dies: another page of the same browser, still without a network, has all of it.
  await page.close();
  const again = await house.browser.contexts().at(-1).newPage();
  await again.goto(house.url + "/#/outbox");
  await again.getByText("Первая офлайн-заметка окапи").first().waitFor();

  // The network comes back for one reply that is lost on its way, then for good.
  let lost = 0;
  await again.route("**/api/v1/insights", async (route) => { if (lost++ === 0) { await route.fetch().catch(() => {}); await route.abort(); } else await route.continue(); });
  await again.context().setOffline(false);
  for (let i = 0; i < 40 && !(await again.getByText(say.all_sent).isVisible()); ++i) {
    if (await again.getByRole("button", { name: say.send_now }).isVisible()) await again.getByRole("button", { name: say.send_now }).click().catch(() => {});
    await again.waitForTimeout(250);
  }
  await again.getByText(say.all_sent).waitFor();
  assert.ok(lost >= 2, "a reply was lost and its note sent again");
  await settled();
  const { hits } = await ask(again, "GET", "search?q=" + encodeURIComponent("офлайн-заметка окапи") + "&sort=newest");
  assert.equal(hits.length, 2, "each note is there exactly once");
  assert.ok(hits.find((hit) => /Вторая/.test(hit.snippet)).id > hits.find((hit) => /Первая/.test(hit.snippet)).id, "they came in order");
});

test("what the server refuses stays, with the reason, until it is mended", async () => {
  const page = await onThePhone();
  const told = (await ask(page, "GET", "follow-ups")).items.find((item) => item.what === "outcome" || item.what === "tell");
  assert.ok(told);
  await page.context().setOffline(true);
  await visit(page, "log");
  await page.getByLabel(say.body).fill("Заметка, которую не примут");
  await page.getByLabel(/^Клиент/).fill("Helios Chemicals");
  await page.getByText(say.more_fields, { exact: true }).last().click();
  await page.getByLabel(say.foreseen_from).fill("2027-05-01");
  await page.getByLabel(say.foreseen_to).evaluate((field) => { field.removeAttribute("min"); });
  await page.getByLabel(say.foreseen_to).fill("2027-04-01");
  await page.locator("form").evaluate((form) => { form.noValidate = true; });
  await page.getByRole("button", { name: say.save, exact: true }).click();
  await page.locator("p.done", { hasText: say.saved_later }).waitFor();
  await page.context().setOffline(false);
  await visit(page, "outbox");
  await page.getByRole("button", { name: say.send_now }).click().catch(() => {});
  await page.getByRole("alert").waitFor();
  await page.getByText("Helios Chemicals: Заметка, которую не примут").waitFor();
  await shoot(page, "field-refused");
  await page.getByRole("button", { name: say.drop }).click();
  await page.getByText(say.all_sent).waitFor();
});

test("a photo taken without a network waits with its note, and comes with it, saying nothing of where it was taken", async () => {
  const page = await onThePhone();
  const photo = { name: "насос.jpg", mimeType: "image/jpeg", buffer: readFileSync(path.join(root, "tests/support/files/photo.jpg")) };
  await visit(page, "log");
  await page.getByLabel(say.body).fill("Шильдик насоса на фото");
  await page.getByLabel(/^Клиент/).fill("Helios Chemicals");
  await page.context().setOffline(true);
  await page.getByLabel(say.attach).setInputFiles(photo);
  await page.getByText("насос.jpg").waitFor();
  await page.waitForTimeout(300);
  await page.reload(); // the tab is closed and opened: the photo is still there
  await page.getByText("насос.jpg").waitFor();
  await shoot(page, "field-photo");
  await page.getByRole("button", { name: say.save, exact: true }).click();
  await page.locator("p.done", { hasText: say.saved_later }).waitFor();
  await page.context().setOffline(false);
  await visit(page, "outbox");
  await page.getByRole("button", { name: say.send_now }).click().catch(() => {});
  await page.getByText(say.all_sent).waitFor();
  await settled();
  const [hit] = (await ask(page, "GET", "search?q=" + encodeURIComponent("шильдик насоса"))).hits;
  await visit(page, "insight/" + hit.id);
  const shown = page.getByRole("list", { name: say.files }).getByRole("link", { name: /насос.jpg/ });
  await shown.locator("img").waitFor();
  assert.ok(await shown.locator("img").evaluate(async (img) => { await img.decode(); return img.naturalWidth === 8; }), "the picture is drawn");
  await shoot(page, "insight-photo");
  await page.getByRole("button", { name: say.remove_file.replace("{name}", "насос.jpg") }).click();
  await shown.waitFor({ state: "detached" });
});

test("a large photo is made small enough to travel, upright and legible", async () => {
  const page = await onThePhone();
  const taken = Buffer.from(await page.evaluate(async () => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [3000, 4000];
    const paint = canvas.getContext("2d"), grain = paint.createImageData(3000, 4000);
    for (let i = 0, seed = 1; i < grain.data.length; ++i) grain.data[i] = (seed = (seed * 16807) % 2147483647) & 255;
    paint.putImageData(grain, 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.8));
    return new Promise((done) => { const reader = new FileReader(); reader.onload = () => done(reader.result.split(",")[1]); reader.readAsDataURL(blob); });
  }), "base64");
  assert.ok(taken.length > 2 << 20, "large enough to be made smaller");
  const { hits: [{ id }] } = await ask(page, "GET", "search?q=&limit=1");
  await visit(page, "insight/" + id);
  await page.getByLabel(say.attach).setInputFiles({ name: "IMG_0001.jpeg", mimeType: "image/jpeg", buffer: taken });
  const shown = page.getByRole("list", { name: say.files }).getByRole("link", { name: /IMG_0001.jpg/ });
  await shown.waitFor();
  const side = await shown.locator("img").evaluate(async (img) => { await img.decode(); return [img.naturalWidth, img.naturalHeight]; });
  assert.deepEqual(side, [1920, 2560]);
  const [kept] = (await ask(page, "GET", "insights/" + id)).attachments;
  assert.ok(kept.size < taken.length / 2, `${kept.size} of ${taken.length} bytes`);
});

test("a draft outlives a closed tab and an ended sign-in", async () => {
  const page = await onThePhone();
  await visit(page, "log");
  await page.getByLabel(say.body).fill("Недописанная мысль о клапанах");
  await page.waitForTimeout(300);
  await page.reload();
  assert.equal(await page.getByLabel(say.body).inputValue(), "Недописанная мысль о клапанах");
  await page.getByLabel(/^Клиент/).fill("Helios Chemicals");
  await page.waitForTimeout(300);
  // The sign-in ends elsewhere; the note waits for its writer.
  const own = (await ask(page, "GET", "sessions")).items;
  for (const each of own) await ask(page, "DELETE", "sessions/" + each.id).catch(() => {});
  await page.getByLabel(say.password).waitFor();
  const left = await page.evaluate(() => new Promise((resolve) => {
    const opening = indexedDB.open("tidings");
    opening.onsuccess = () => { const asked = opening.result.transaction("kept").objectStore("kept").count(); asked.onsuccess = () => { opening.result.close(); resolve(asked.result); }; };
  }));
  assert.equal(left, 0, "what was read is gone with the sign-in");
  await signIn(page, "anna", say);
  await visit(page, "log");
  await page.getByRole("button", { name: say.save, exact: true }).click();
  await page.getByRole("link", { name: /Записано, номер/ }).waitFor();
  await settled();
  assert.equal((await ask(page, "GET", "search?q=" + encodeURIComponent("недописанная мысль"))).hits.length, 1);
});

test("a page that was kept opens without waiting for the server, and closes when the sign-in has ended", async () => {
  const page = await onThePhone();
  await visit(page, "tell");
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  await page.route("**/api/v1/session", () => {}); // asked, and never answered
  await page.reload();
  await page.getByRole("heading", { name: say.tell_title }).waitFor();
  assert.equal(await page.evaluate(() => document.getElementById("session")), null, "who was here when it was kept is not kept with it");
  await page.unroute("**/api/v1/session");
  await page.evaluate(() => fetch("/api/v1/session", { method: "DELETE" }));
  await page.reload();
  await page.getByLabel(say.password).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("reader")), null);
});

test("a part of the pages that a newer version replaced comes with the page anew", async () => {
  const page = await open({ serviceWorkers: "block" });
  await signIn(page, "anna");
  let asked = 0;
  await page.route("**/assets/clients-*.js", (route) => (asked++ ? route.continue() : route.fulfill({ status: 404, body: "" })));
  await visit(page, "clients");
  await page.getByRole("heading", { name: words.en.clients, exact: true }).waitFor();
  assert.equal(asked, 2);
});

test("what another app shares becomes the beginning of a note", async () => {
  const page = await onThePhone();
  await page.goto(house.url + "/?shared_title=" + encodeURIComponent("Письмо") + "&shared_text=" + encodeURIComponent("Просят каталог"));
  await page.getByLabel(say.body).waitFor();
  assert.equal(await page.getByLabel(say.body).inputValue(), "Письмо\nПросят каталог");
});

test("a picture that another app shares comes along with its words", async () => {
  const page = await onThePhone();
  await page.evaluate((bytes) => {
    const form = document.createElement("form"), files = document.createElement("input"), words = document.createElement("input"), given = new DataTransfer();
    Object.assign(form, { method: "POST", action: "/share", enctype: "multipart/form-data" });
    Object.assign(files, { type: "file", name: "files" });
    Object.assign(words, { name: "shared_text", value: "С фото" });
    given.items.add(new File([new Uint8Array(bytes)], "shared.png", { type: "image/png" }));
    files.files = given.files;
    form.append(files, words);
    document.body.append(form);
    form.submit();
  }, [...readFileSync(path.join(root, "tests/support/files/photo.png"))]);
  await page.getByText("shared.png").waitFor();
  assert.equal(await page.getByLabel(say.body).inputValue(), "С фото");
});

test("no page had an error", () => assert.deepEqual(errors, []));
