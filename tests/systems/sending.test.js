// SPDX-License-Identifier: GPL-3.0-or-later
// Other systems understand what Tidings sends: webhooks are verified by Standard Webhooks' own library, mail is taken by a
// real SMTP server and read by a mail parser, the calendar by a calendar library.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import ICAL from "ical.js";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";
import { Webhook } from "standardwebhooks";
import { end } from "../support/end.mjs";

const bin = path.join(fileURLToPath(new URL("../..", import.meta.url)), "build/bin");
const data = path.join(mkdtempSync(path.join(tmpdir(), "tidings-systems-")), "data");
const mails = [], posts = [];
let server, url, smtp, receiver, answerWith = () => 204;
const tokens = {};

const indexer = (...args) => execFileSync(path.join(bin, "tidings-indexer"), ["--data", data, "--log", "off", ...args]).toString().trim();

async function call(who, method, target, body) {
  const response = await fetch(url + "/api/v1/" + target, {
    method, headers: { Authorization: "Bearer " + tokens[who], "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${target}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

async function until(what, condition) {
  for (let i = 0; i < 300; ++i) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail("waited in vain for " + what);
}

before(async () => {
  smtp = new SMTPServer({
    authOptional: true, disabledCommands: ["STARTTLS"],
    onData: (stream, session, done) => simpleParser(stream).then((mail) => { mails.push({ ...mail, envelope: session.envelope }); done(); }, done),
  });
  await new Promise((resolve) => smtp.listen(0, "127.0.0.1", resolve));
  receiver = http.createServer((request, response) => {
    let body = "";
    request.on("data", (part) => { body += part; });
    request.on("end", () => {
      const status = answerWith(posts.length);
      posts.push({ headers: request.headers, body, status });
      response.writeHead(status).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  server = spawn(path.join(bin, "tidings-server"), ["--data", data, "--listen", "127.0.0.1:0", "--log", "error", "--private-webhooks",
    "--smtp", "smtp://127.0.0.1:" + smtp.server.address().port, "--mail-from", "tidings@example.org", "--mail-gather", "0",
    "--public-url", "https://tidings.example.org/"], { stdio: ["ignore", "pipe", "inherit"] });
  url = await new Promise((resolve) => server.stdout.once("data", (text) => resolve(/http:\S+/.exec(text)[0])));
  tokens.admin = indexer("user", "token", "admin");
  for (const [name, role] of [["anna", "rep"], ["hans", "technician"]]) {
    indexer("user", "add", name, "--role", role);
    tokens[name] = indexer("user", "token", name);
  }
  await call("admin", "POST", "clients", { name: "Гелиос", owner: "anna" });
});

after(async () => {
  await end(server);
  receiver?.close();
  smtp?.close();
  rmSync(path.dirname(data), { recursive: true, force: true });
});

async function answered(body) {
  const { id } = await call("anna", "POST", "insights", { client: "Гелиос", title: body, body, kind: "change", foreseen: { from: "2031-05-01", to: "2031-05-31" } });
  const { work } = await until("the work of " + id, async () => { const it = await call("anna", "GET", "insights/" + id); return it.work && it; });
  await call("hans", "POST", `work/${work.id}/claim`, {});
  return call("hans", "POST", `work/${work.id}/answer`, { body: "Синее уплотнение" });
}

test("webhooks: verified, tried again, signed with both secrets while one is changed, parked ones sent again", async () => {
  const hook = await call("admin", "POST", "webhooks", { url: `http://127.0.0.1:${receiver.address().port}/hook`, kinds: ["work.answer"] });
  answerWith = (n) => (n === 0 ? 500 : 204);
  await answered("Уплотнение течёт");
  await until("two attempts", () => posts.length === 2);
  const [first, second] = posts;
  const message = new Webhook(hook.secret).verify(second.body, second.headers);
  assert.equal(message.type, "work.answer");
  assert.equal(message.data.body.answer.body, "Синее уплотнение");
  assert.equal(first.headers["webhook-id"], second.headers["webhook-id"]);
  assert.throws(() => new Webhook(hook.secret).verify(second.body.replace("Синее", "Красное"), second.headers));
  const delivered = await until("the delivery", async () => (await call("admin", "GET", `webhooks/${hook.id}/deliveries?state=delivered`)).items[0]);
  assert.equal(delivered.attempts, 2);
  assert.equal(delivered.status, 204);

  const renewed = await call("admin", "POST", `webhooks/${hook.id}/secret`);
  await call("admin", "POST", `webhooks/${hook.id}/deliveries/${delivered.id}/replay`);
  await until("the replay", () => posts.length === 3);
  for (const secret of [hook.secret, renewed.secret]) new Webhook(secret).verify(posts[2].body, posts[2].headers);

  answerWith = () => 410; // gone: parked at once
  await answered("И подшипник");
  await until("the parked one", async () => (await call("admin", "GET", "webhooks")).items[0].counts.parked === 1);
  answerWith = () => 200;
  assert.deepEqual(await call("admin", "POST", `webhooks/${hook.id}/replay`), { replayed: 1 });
  await until("all delivered", async () => (await call("admin", "GET", "webhooks")).items[0].counts.delivered === 2);
  await call("admin", "DELETE", `webhooks/${hook.id}`);
});

test("mail: notices and a summary, in Russian, readable, with a link", async () => {
  await call("anna", "PATCH", "users/anna", { email: "anna@example.org", language: "ru", mails: ["answered"], digest: true, full_name: "Анна Вебер" });
  const summary = await until("the summary", () => mails.find((mail) => mail.subject === "Tidings: ваша неделя"));
  assert.deepEqual(summary.envelope.rcptTo.map((to) => to.address), ["anna@example.org"]);
  assert.equal(summary.to.value[0].name, "Анна Вебер");
  assert.match(summary.text, /Рассказать Гелиос: Уплотнение течёт/);
  const { insight } = await answered("Мотор гудит");
  const notice = await until("the notice", () => mails.find((mail) => mail.subject.startsWith("Tidings: новости для вас")));
  assert.match(notice.text, /Есть ответ, расскажите клиенту: Гелиос, Мотор гудит/);
  assert.ok(notice.text.includes("https://tidings.example.org/#/insight/" + insight));
  assert.equal(notice.headers.get("auto-submitted"), "auto-generated");
});

test("the calendar is parsed; its secret address works until it is changed", async () => {
  const { path: first } = await call("anna", "POST", "calendar");
  const response = await fetch(url + first);
  assert.match(response.headers.get("content-type"), /^text\/calendar/);
  const calendar = new ICAL.Component(ICAL.parse(await response.text()));
  const events = calendar.getAllSubcomponents("vevent").map((each) => new ICAL.Event(each));
  const foreseen = events.filter((event) => event.uid.startsWith("foreseen-"));
  assert.ok(foreseen.length >= 3);
  assert.equal(foreseen[0].startDate.toString(), "2031-05-01");
  assert.equal(foreseen[0].endDate.toString(), "2031-06-01");
  assert.ok(foreseen.some((event) => event.summary === "Гелиос foresees: Уплотнение течёт" || event.summary === "Гелиос ожидает: Уплотнение течёт"));
  assert.ok(events.some((event) => event.uid.startsWith("tell-")));
  const { path: second } = await call("anna", "POST", "calendar");
  assert.equal((await fetch(url + first)).status, 404);
  assert.equal((await fetch(url + second)).status, 200);
  await call("anna", "DELETE", "calendar");
  assert.equal((await fetch(url + second)).status, 404);
});
