// SPDX-License-Identifier: GPL-3.0-or-later
// The plain page: search, log an insight, work a queue, tell the client. One view at a time, chosen by the address after #.
import { accountViews } from "/accounts.mjs";
import { words } from "/words.mjs";

let language = localStorage.getItem("language") ?? (navigator.language.startsWith("ru") ? "ru" : "en");
let me = null;
let beats = null; // the heartbeat of work in hand

const say = (name, values = {}) => (words[language][name] ?? name).replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
const day = (text) => new Date(text).toLocaleDateString(language, { timeZone: "UTC" });
const moment = (text) => new Date(text).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });

// h("p", {class: "faint"}, "text", node…): an element. Text is always text.
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function announce(text) {
  const line = document.getElementById("say");
  line.textContent = text;
  setTimeout(() => { if (line.textContent === text) line.textContent = ""; }, 5000);
}

async function call(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch("/api/v1/" + path, {
      method,
      headers: { "Accept-Language": language, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Error(say("offline"));
  }
  if (response.status === 401 && me) { me = null; show(); }
  const text = await response.text();
  const reply = text ? JSON.parse(text) : null;
  if (!response.ok) throw Object.assign(new Error(reply?.detail ?? response.statusText), { faults: reply?.errors ?? [] });
  return reply;
}

// A handler that tells what went wrong instead of losing it.
const tried = (work) => async (event) => {
  event?.preventDefault?.();
  try { await work(event); } catch (error) { announce(say("failed", { why: error.message })); }
};

const field = (name, control, help) => h("label", {}, say(name), help ? h("span", { class: "faint" }, " · " + help) : null, control);
const values = (form) => Object.fromEntries(new FormData(form));
const list = (text) => text.split(",").map((each) => each.trim()).filter(Boolean);
const leads = () => me.role === "lead" || me.role === "admin";
const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// The server's snippet holds escaped text and <mark>; nothing else is taken over.
function snippet(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  return [...parsed.childNodes].map((node) => (node.nodeName === "MARK" ? h("mark", {}, node.textContent) : node.textContent));
}

function tags(thing) {
  const foreseen = thing.foreseen && h("span", { class: "tag" }, say("foresees", { from: day(thing.foreseen.from), to: day(thing.foreseen.to) }));
  return h("p", {}, h("span", { class: "tag" }, say(thing.kind)), thing.queue ? h("span", { class: "tag" }, thing.queue) : null,
    thing.state ? h("span", { class: "tag" }, say(thing.state)) : null, foreseen);
}

function showTop() {
  const at = location.hash.split("/")[1]?.split("?")[0] || "search";
  const link = (name) => h("a", { href: "#/" + name, "aria-current": at === name ? "page" : null }, say(name));
  const change = () => { language = language === "ru" ? "en" : "ru"; localStorage.setItem("language", language); show(); };
  document.documentElement.lang = language;
  document.getElementById("top").replaceChildren(
    h("strong", {}, "Tidings"),
    h("nav", {}, me ? ["search", "log", "queues", "tell", "attention", "outlook", "news", ...(leads() ? ["routing"] : []), "settings"].map(link) : null),
    h("button", { class: "plain", onclick: change }, say("language")),
    me ? h("button", { class: "plain", onclick: tried(async () => { await call("DELETE", "session"); me = null; show(); }) }, say("sign_out") + " (" + me.name + ")") : null);
}

function signIn() {
  const code = field("second_code", h("input", { name: "code", autocomplete: "one-time-code", maxlength: 20 }));
  const enter = tried(async (event) => {
    try {
      me = await call("POST", "session", Object.fromEntries(Object.entries(values(event.target)).filter(([, value]) => value)));
    } catch (error) {
      if (error.faults?.some((fault) => fault.pointer === "/code") && !code.isConnected) { event.target.lastChild.before(code); code.querySelector("input").focus(); return; }
      throw error;
    }
    show();
  });
  return [h("h1", {}, say("sign_in")), h("form", { onsubmit: enter },
    field("name", h("input", { name: "name", autocomplete: "username", autocapitalize: "none", required: true })),
    field("password", h("input", { name: "password", type: "password", autocomplete: "current-password", required: true })),
    h("div", { class: "acts" }, h("button", {}, say("sign_in"))))];
}

// By the link of an invitation: a password of one's own.
function invited(word) {
  const accept = tried(async (event) => { me = await call("POST", "invitations", { word, ...values(event.target) }); location.hash = "#/"; show(); });
  return [h("h1", {}, say("welcome")), h("form", { onsubmit: accept },
    field("new_password", h("input", { name: "password", type: "password", autocomplete: "new-password", minlength: 10, required: true }), say("ten_letters")),
    h("div", { class: "acts" }, h("button", {}, say("sign_in"))))];
}

// Where one is signed in, and the second factor.
async function door() {
  const { items } = await call("GET", "sessions");
  const rows = items.filter((each) => each.user === me.name).map((each) => h("li", {}, `${day(each.seen_at)} · ${each.address} · ${each.agent} `,
    h("button", { class: "quiet", onclick: tried(async () => { await call("DELETE", "sessions/" + each.id); show(); }) }, say("end_sign_in"))));
  const place = h("div", {});
  const begin = tried(async () => {
    const { secret, uri } = await call("POST", "session/second-factor");
    const confirm = tried(async (event) => {
      const { recovery } = await call("POST", "session/second-factor/confirm", values(event.target));
      place.replaceChildren(h("p", {}, say("recovery_help")), h("ul", { class: "codes" }, recovery.map((each) => h("li", {}, each))));
    });
    place.replaceChildren(h("p", {}, say("second_help")), h("p", { class: "body" }, h("a", { href: uri }, secret)), h("form", { onsubmit: confirm },
      field("second_code", h("input", { name: "code", autocomplete: "one-time-code", required: true })), h("div", { class: "acts" }, h("button", {}, say("keep")))));
  });
  const remove = tried(async () => { await call("DELETE", `users/${me.name}/second-factor`); announce(say("kept")); });
  return [h("h2", {}, say("signed_in_at")), h("ul", {}, rows), h("h2", {}, say("second_factor")), place,
    h("div", { class: "acts" }, h("button", { class: "quiet", onclick: begin }, say("second_begin")), h("button", { class: "quiet", onclick: remove }, say("second_remove")))];
}

const facets = ["kind", "client", "state", "language", "year"];

function hitCard(hit) {
  const meant = (hit.matched ?? []).filter((each) => each.synonym).map((each) => each.typed + " ~ " + each.word);
  return h("article", {},
    h("h2", {}, h("a", { href: "#/insight/" + hit.id }, hit.client.name + (hit.title ? " · " : ""), hit.title ? snippet(hit.title_html) : null)),
    h("p", {}, snippet(hit.snippet)), tags(hit),
    h("p", { class: "faint" }, say("said_by", { author: hit.author, date: day(hit.recorded_at) }), hit.answered ? " · " + say(hit.answer_flagged || (hit.answer_review_on && new Date(hit.answer_review_on) <= new Date()) ? "answer_doubtful" : "answered") : "",
      meant.length ? " · " + say("matched", { words: meant.join(", ") }) : ""));
}

// The choices within the results: each adds to or is taken from the address.
function narrowing(parameters, counts) {
  const open = facets.some((name) => parameters.has(name));
  return h("details", { open }, h("summary", {}, say("narrow")), facets.filter((name) => counts[name]?.length > 1 || parameters.has(name)).map((name) => h("p", { class: "narrow" }, h("span", { class: "faint" }, say(name === "language" ? "in_language" : name) + ": "),
    counts[name].slice(0, 8).map(({ value, count }) => {
      const chosen = parameters.getAll(name).includes(value);
      const next = new URLSearchParams([...parameters].filter(([key, each]) => key !== name || each !== value));
      if (!chosen) next.append(name, value);
      return h("a", { href: "#/search?" + next, "aria-current": chosen ? "true" : null }, `${words[language][value] ?? value} ${count}`);
    }))));
}

// Completions of what is being typed, by the browser's own list.
function suggesting(input) {
  const options = h("datalist", { id: "suggestions" });
  let asked = 0;
  input.addEventListener("input", () => {
    const turn = ++asked;
    setTimeout(async () => {
      if (turn !== asked || !input.value.trim()) return;
      try {
        const { items } = await call("GET", "suggest?" + new URLSearchParams({ q: input.value }));
        if (turn === asked) options.replaceChildren(...items.map((item) => h("option", { value: item.text }, item.kind === "word" ? "" : say(item.kind))));
      } catch { /* typing goes on without */ }
    }, 120);
  });
  return options;
}

async function search(parameters) {
  const q = parameters.get("q") ?? "";
  const go = tried((event) => { location.hash = "#/search?" + new URLSearchParams({ q: values(event.target).q }); });
  const results = h("div", { id: "results" });
  const load = async (cursor) => {
    const asked = new URLSearchParams([...parameters, ["limit", 20], ...(cursor ? [["cursor", cursor]] : [["facets", facets.join(",")]])]);
    const page = await call("GET", "search?" + asked);
    if (!cursor) results.append(h("p", { class: "faint" }, say(page.total.relation === "exact" ? "found" : "found_more", { n: page.total.value })));
    if (page.incomplete) results.append(h("p", { class: "wrong" }, say("incomplete")));
    if (!page.in_time) results.append(h("p", { class: "wrong" }, say("out_of_time")));
    const meant = page.corrections.map((each) => each.meant).join(" ");
    if (meant && !cursor) {
      const literal = new URLSearchParams([...parameters, ["literal", "true"]]);
      results.append(h("p", {}, say("showing", { words: meant }), " ", h("a", { href: "#/search?" + literal }, say("as_typed", { words: q }))));
    }
    results.append(...page.hints.map((hint) => h("p", { class: "faint" }, hint)));
    if (!cursor) results.append(narrowing(parameters, page.facets));
    if (!page.hits.length) results.append(h("p", {}, say("nothing")));
    results.append(...page.hits.map(hitCard));
    if (page.nearest) results.append(h("p", {}, say("nearest")), ...page.nearest.hits.map(hitCard));
    if (page.cursor) {
      const button = h("button", { class: "quiet", onclick: tried(async () => { button.remove(); await load(page.cursor); }) }, say("more"));
      results.append(button);
    }
  };
  await load();
  const input = h("input", { name: "q", type: "search", value: q, placeholder: say("search_hint"), autofocus: true, list: "suggestions", autocomplete: "off" });
  return [h("form", { onsubmit: go, role: "search" }, h("div", { class: "row" },
    field("search_for", input), suggesting(input), h("div", { class: "acts" }, h("button", {}, say("search"))))), results];
}

async function insight(id) {
  const it = await call("GET", "insights/" + id);
  const others = it.work && me.role !== "rep" ? (await call("POST", `work/${it.work.id}/look`)).looking.filter((name) => name !== me.name) : [];
  return [h("h1", {}, say("insight", { id }) + (it.title ? ": " + it.title : "")), h("article", {},
    h("p", {}, h("a", { href: "#/client/" + it.client.id }, h("strong", {}, it.client.name)), " · ", it.contacts.map((contact) => contact.name).join(", ")),
    h("p", { class: "body" }, it.body), tags({ ...it, queue: it.work?.queue, state: it.work?.state }),
    h("p", { class: "faint" }, say("said_by", { author: it.author, date: day(it.recorded_at) }), it.tags.length ? " · " + it.tags.join(", ") : ""),
    it.work ? h("p", { class: "faint" }, say("why_here"), ": ", why(it.work.route)) : null,
    others.length ? h("p", { class: "faint" }, say("looking", { who: others.join(", ") })) : null,
    it.work?.askings.map(asking),
    it.answers.map((answer) => answerCard(answer, show)),
    it.tellings.map((told) => h("p", {}, say("told") + ": " + told.whom + ", " + day(told.at) + " – " + say(told.reaction) + (told.note ? ". " + told.note : ""))))];
}

function log() {
  const clients = h("datalist", { id: "clients" });
  const unknown = h("div", {});
  const suggest = tried(async (event) => {
    const page = await call("GET", "clients?limit=10&q=" + encodeURIComponent(event.target.value));
    clients.replaceChildren(...page.items.map((client) => h("option", { value: client.name })));
  });
  const question = h("p", { class: "faint", role: "status" });
  const ask = tried(async (event) => { question.textContent = await accounts.nextQuestion(event.target.value.trim()); });
  let once = key(); // the same note sent twice, on a bad line, is kept once
  const save = tried(async (event) => {
    const form = event.target, v = values(form);
    const found = await call("GET", "clients?limit=200&q=" + encodeURIComponent(v.client.trim()));
    if (!found.items.some((client) => client.name.toLowerCase() === v.client.trim().toLowerCase())) {
      const add = tried(async () => { await call("POST", "clients", { name: v.client.trim() }); unknown.replaceChildren(); form.requestSubmit(); });
      unknown.replaceChildren(h("p", {}, say("new_client", { name: v.client }), " ", h("button", { class: "quiet", type: "button", onclick: add }, say("add_client"))));
      return;
    }
    const draft = { client: v.client.trim(), kind: v.kind, title: v.title, body: v.body, contacts: list(v.contacts), tags: list(v.tags) };
    if (v.from) draft.foreseen = { from: v.from, to: v.to || v.from, ...(v.likelihood && { likelihood: Number(v.likelihood) / 100 }) };
    const kept = await call("POST", "insights", draft, { "Idempotency-Key": once });
    once = key();
    form.reset();
    announce(say("saved", { id: kept.id }));
  });
  const kinds = ["problem", "change", "people", "other"].map((each) => h("option", { value: each }, say(each)));
  return [h("h1", {}, say("log_title")), h("form", { onsubmit: save },
    field("client", h("input", { name: "client", list: "clients", autocomplete: "off", required: true, maxlength: 200, oninput: suggest, onchange: ask }), say("client_help")), clients, unknown, question,
    field("body", h("textarea", { name: "body", required: true })),
    h("div", { class: "row" }, field("kind", h("select", { name: "kind" }, kinds)), field("title", h("input", { name: "title", maxlength: 250 }))),
    h("div", { class: "row" }, field("contacts", h("input", { name: "contacts" })), field("tags", h("input", { name: "tags" }))),
    h("div", { class: "row" }, field("foreseen_from", h("input", { name: "from", type: "date" })), field("foreseen_to", h("input", { name: "to", type: "date" })),
      field("likelihood", h("input", { name: "likelihood", type: "number", min: 0, max: 100 }))),
    h("div", { class: "acts" }, h("button", {}, say("save"))))];
}

// Why work is where it is: what was learned in the reader's language, the rest as the router put it.
function why(route) {
  const { evidence } = route;
  if (!evidence) return route.reasons.join(" ");
  const chance = (candidate) => Math.round(100 * candidate.probability);
  const words = (rows) => rows.map((row) => "“" + row.word + "”").join(", ");
  return [
    route.by === "learned" ? say("learned_why", { n: evidence.examples, queue: route.queue, chance: chance(route.candidates[0]) })
      : say("unsure_why", { candidates: route.candidates.slice(0, 3).map((each) => `${each.queue} ${chance(each)} %`).join(", ") }),
    evidence.for.length ? say("speaks_for", { words: words(evidence.for) }) : "",
    evidence.against.length ? say("speaks_against", { words: words(evidence.against) }) : "",
    evidence.would_go ? say("without", { words: evidence.without.map((word) => "“" + word + "”").join(", "), queue: evidence.would_go }) : "",
  ].filter(Boolean).join(" ");
}

function due(deadline) {
  const when = new Date(deadline.at).toLocaleString(language, { dateStyle: "medium", timeStyle: "short" });
  return h("span", { class: deadline.late ? "wrong" : "", title: say("by_" + deadline.by) }, say("answer_by", { when }),
    deadline.stopped ? " (" + say("stopped") + ")" : deadline.late ? " (" + say("late") + ")" : "");
}

// The queues work may be moved to, the likeliest first.
function otherQueues(work, queues) {
  const chance = (queue) => work.route.candidates.find((each) => each.queue === queue.name)?.probability ?? 0;
  return queues.filter((queue) => queue.name !== work.queue).sort((a, b) => chance(b) - chance(a))
    .map((queue) => h("option", { value: queue.name }, queue.title + (chance(queue) ? ` (${Math.round(100 * chance(queue))} %)` : "")));
}

// A question to the client, and what they said.
const asking = (each) => h("p", { class: "faint" }, say("asked_of_client", { who: each.by, question: each.question }), " ", each.replied_at ? say("client_said", { reply: each.reply }) : say("no_reply_yet"));

// An answer, whether it can be trusted, and what can be done about that.
function answerCard(answer, again) {
  const doing = (name, body) => tried(async (event) => { await call("POST", `answers/${answer.id}/${name}`, body ?? values(event.target)); await again(); });
  return h("div", { class: "answer" }, h("p", { class: "body" }, answer.body),
    h("p", { class: "faint" }, answer.by + ", " + day(answer.at), answer.repeated ? " · " + say("repeated", { n: answer.repeated }) : ""),
    answer.flag ? h("p", { class: "wrong" }, say("flagged_by", { who: answer.flag.by, reason: answer.flag.reason })) : null,
    answer.outdated ? h("p", { class: "wrong" }, say("outdated")) : null,
    h("details", {}, h("summary", {}, say("flag_or_fix")),
      answer.flag ? null : h("form", { onsubmit: doing("flag") }, field("reason", h("input", { name: "reason", required: true, maxlength: 1000 })), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("flag")))),
      me.role === "rep" ? null : h("form", { onsubmit: doing("review") }, field("answer", h("textarea", { name: "body", required: true }, answer.body)),
        h("div", { class: "acts" }, h("button", { class: "quiet" }, say("mend")), h("button", { class: "quiet", type: "button", onclick: doing("review", {}) }, say("still_right"))))));
}

// The parts of a priority, for who asks why.
const parts = (weighing) => Object.entries(weighing).filter(([name, value]) => name !== "total" && value).map(([name, value]) => say("part_" + name) + " " + Math.round(value)).join(" + ");

// Other open work that the same answer may do for: ticked, it is answered together, or gathered now and answered then.
function alikeWork(work, again) {
  const box = h("div", {});
  const gather = tried(async () => {
    const works = [...box.querySelectorAll("input:checked")].map((each) => Number(each.value));
    if (works.length) await call("POST", `work/${work.id}/gather`, { works });
    await again();
  });
  call("GET", `work/${work.id}/alike`).then(({ items }) => {
    const open = items.filter((each) => (!each.holder || each.holder === me.name) && each.gathered_under !== work.id);
    if (open.length) box.replaceChildren(h("fieldset", {}, h("legend", {}, say("also_for")), open.map((each) => h("label", { class: "tick" },
      h("input", { type: "checkbox", name: "also", value: each.work }), ` ${each.client.name}: `, snippet(each.snippet))),
      h("div", { class: "acts" }, h("button", { class: "quiet", type: "button", onclick: gather }, say("gather")))));
  }, () => {});
  return box;
}

// What waits for the same answer.
function gatheredWork(work, again) {
  const list = h("ul", {});
  const part = (id) => tried(async () => { await call("POST", `work/${id}/part`, {}); await again(); });
  call("GET", `work/${work.id}`).then(({ gathered }) => list.replaceChildren(...gathered.map((each) => h("li", {},
    h("a", { href: "#/insight/" + each.about.id }, each.about.client.name), ": " + each.about.excerpt + " ",
    h("button", { class: "quiet", onclick: part(each.id) }, say("part"))))), () => {});
  return h("details", { open: true }, h("summary", {}, say("gathers", { count: work.gathers })), list);
}

function workCard(work, queues, again) {
  const mine = work.state === "claimed" && work.holder === me.name;
  const act = (name, body = {}) => call("POST", `work/${work.id}/${name}`, body);
  const doing = (name, note) => tried(async (event) => {
    const also = new FormData(event.target).getAll("also").map(Number), body = values(event.target);
    delete body.also;
    await act(name, also.length ? { ...body, also } : body);
    if (note) announce(note);
    await again();
  });
  const acts = [];
  if (work.state === "waiting" && me.role !== "rep") acts.push(h("button", { class: "quiet", onclick: tried(async () => { await act("claim"); await again(); }) }, say("claim")));
  if (mine) {
    acts.push(h("button", { class: "quiet", onclick: tried(async () => { await act("release"); await again(); }) }, say("release")));
    clearInterval(beats);
    beats = setInterval(() => act("heartbeat").catch(() => clearInterval(beats)), 5 * 60 * 1000);
  }
  const who = work.state === "claimed" ? say(mine ? "yours" : "held_by", { who: work.holder, when: moment(work.lease_until) }) : "";
  return h("article", {},
    h("h2", {}, h("a", { href: "#/insight/" + work.about.id }, work.about.client.name + (work.about.title ? " · " + work.about.title : ""))),
    h("p", { class: "body" }, work.about.excerpt), tags({ ...work.about, queue: work.queue, state: work.state }),
    h("p", { class: "faint" }, say("said_by", { author: work.about.author, date: day(work.about.recorded_at) }), " · ", h("span", { title: parts(work.weighing) }, say("priority"), " ", Math.round(work.priority)), " · ", due(work.deadline), who ? " · " + who : ""),
    h("p", { class: "faint" }, say("why_here"), ": ", why(work.route)),
    work.askings.map(asking),
    work.gathered_under ? h("p", {}, say("gathered_under")) : null,
    work.gathers ? gatheredWork(work, again) : null,
    h("div", { class: "acts" }, acts),
    mine && !work.deadline.stopped ? h("form", { onsubmit: doing("ask", say("asked_now")) }, h("div", { class: "row" },
      field("ask", h("input", { name: "text", required: true, maxlength: 4000 })), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("ask_client"))))) : null,
    mine ? h("form", { onsubmit: doing("answer", say("answer_sent", { who: work.about.author })) },
      field("answer", h("textarea", { name: "body", required: true }), say("answer_help")), alikeWork(work, again), h("div", { class: "acts" }, h("button", {}, say("send_answer")))) : null,
    mine ? h("form", { onsubmit: doing("reroute", say("moved")) }, h("div", { class: "row" },
      field("reroute", h("select", { name: "queue" }, otherQueues(work, queues))),
      field("reason", h("input", { name: "reason", maxlength: 500 })), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("reroute"))))) : null,
    mine ? h("form", { onsubmit: doing("decline") }, h("div", { class: "row" },
      field("reason", h("input", { name: "reason", maxlength: 500 })), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("decline"))))) : null);
}

async function queuesView(name) {
  const queues = (await call("GET", "queues")).items;
  const chosen = queues.find((queue) => queue.name === name) ?? queues.find((queue) => queue.name === localStorage.getItem("queue")) ?? queues[0];
  localStorage.setItem("queue", chosen.name);
  const choose = (event) => { location.hash = "#/queues/" + event.target.value; };
  const options = queues.map((queue) => h("option", { value: queue.name, selected: queue === chosen }, `${queue.title} (${queue.counts.waiting})`));
  const works = h("div", {});
  const again = async () => {
    const mine = (await call("GET", "work?holder=me&state=claimed")).items;
    const waiting = (await call("GET", `queues/${chosen.name}/work?state=waiting,claimed`)).items.filter((work) => work.holder !== me.name);
    works.replaceChildren(...(mine.length ? [h("h2", {}, say("all_queues"))] : []), ...mine.map((work) => workCard(work, queues, again)),
      h("h2", {}, chosen.title), ...waiting.map((work) => workCard(work, queues, again)), waiting.length ? "" : h("p", {}, say("nothing_waits")));
  };
  const next = tried(async () => { if (!await call("POST", `queues/${chosen.name}/claim`, {})) announce(say("nothing_waits")); await again(); });
  await again();
  return [h("h1", {}, say("queues")), h("div", { class: "row" }, field("queue", h("select", { onchange: choose }, options)),
    h("div", { class: "acts" }, me.role === "rep" ? null : h("button", { onclick: next }, say("take_next")))), h("p", { class: "faint" }, chosen.solves), works];
}

// What there is to do at one's clients: calls, questions, answers to tell, clients to ask again, outcomes to learn.
async function tell() {
  const [{ items }, calls] = await Promise.all([call("GET", "follow-ups"), accounts.toCall()]);
  const reactions = () => ["solved", "helped", "not_solved", "no_answer"].map((each) => h("option", { value: each }, say(each)));
  const doing = (path, note) => tried(async (event) => {
    const body = Object.fromEntries(Object.entries(values(event.target)).filter(([, value]) => value !== ""));
    if (event.submitter?.name) body[event.submitter.name] = event.submitter.value;
    await call("POST", path, body);
    announce(note);
    await show();
  });
  const card = async (item) => {
    const work = item.work && item.what !== "outcome" ? await call("GET", "work/" + item.work) : null;
    const form = item.what === "reply" ? h("form", { onsubmit: doing(`work/${item.work}/reply`, say("sent_on")) },
      field("their_reply", h("textarea", { name: "text", required: true, maxlength: 4000 })), h("div", { class: "acts" }, h("button", {}, say("send_reply"))))
      : item.what === "outcome" ? h("form", { onsubmit: doing(`insights/${item.insight}/outcome`, say("thanks")) }, field("happened_on", h("input", { name: "happened_on", type: "date" })),
        h("div", { class: "acts" }, h("button", { name: "outcome", value: "happened" }, say("happened")),
          h("button", { class: "quiet", type: "button", onclick: tried(async () => { await call("POST", `insights/${item.insight}/outcome`, { outcome: "did_not" }); announce(say("thanks")); await show(); }) }, say("did_not"))))
        : h("form", { onsubmit: doing(`work/${item.work}/tell`, say("closed")) }, h("div", { class: "row" }, field("whom", h("input", { name: "whom", required: true, maxlength: 200 })),
          field("reaction", h("select", { name: "reaction" }, reactions()))), field("note", h("input", { name: "note", maxlength: 2000 })), h("div", { class: "acts" }, h("button", {}, say("told_it"))));
    return h("article", {}, h("h2", {}, h("a", { href: "#/insight/" + item.insight }, item.client + " · " + item.title)),
      h("p", { class: "faint" }, say("do_" + item.what), " · ", say("for_days", { n: item.days })), work ? h("p", { class: "body" }, work.about.excerpt) : null,
      item.what === "reply" ? work.askings.slice(-1).map(asking) : null, work?.answers.slice(-1).map((answer) => answerCard(answer, show)), form);
  };
  return [h("h1", {}, say("tell_title")), items.length || calls.length ? "" : h("p", {}, say("nothing_to_tell")), ...calls, ...await Promise.all(items.map(card))];
}

async function news() {
  const { items } = await call("GET", "notifications?limit=50");
  if (items.length) await call("POST", "notifications/seen", { until: items[0].id });
  return [h("h1", {}, say("news")), items.length ? "" : h("p", {}, say("no_news")), ...items.map((item) => h("article", {},
    h("p", {}, item.seen_at ? say("news_" + item.kind) : h("strong", {}, say("news_" + item.kind)), " ", item.detail.question ?? item.detail.reply ?? item.detail.reason ?? item.detail.title ?? ""),
    h("p", { class: "faint" }, h("a", { href: "#/insight/" + item.insight }, say("insight", { id: item.insight })), " · ", day(item.at), item.detail.queue ? " · " + item.detail.queue : "", item.detail.by ? " · " + item.detail.by : "")))];
}

// Rules, with what each would catch while it is written, and how well the learned router does.
async function routing() {
  const [{ items: rules }, { items: queues }, report] = await Promise.all([call("GET", "rules"), call("GET", "queues"), call("GET", "router")]);
  const percent = (value) => (value === null ? "–" : Math.round(100 * value) + " %");
  const ruleForm = (rule) => {
    const caught = h("div", { "aria-live": "polite" });
    let turn = 0;
    const preview = (event) => {
      const form = event.currentTarget, mine = ++turn;
      setTimeout(async () => {
        if (mine !== turn || !form.query.value.trim()) return;
        try {
          const found = await call("POST", "rules/preview", { query: form.query.value, rank: Number(form.rank.value), ...(rule.id && { id: rule.id }) });
          if (mine === turn) caught.replaceChildren(h("p", { class: "faint" }, say("would_catch", { n: found.matches, of: found.looked_at, taken: found.taken })),
            h("ul", {}, found.items.slice(0, 8).map((each) => h("li", {}, h("a", { href: "#/insight/" + each.insight }, each.client + ": " + each.title.slice(0, 100)), each.taken_by ? " ← " + each.taken_by.name : ""))));
        } catch (error) { caught.replaceChildren(h("p", { class: "wrong" }, error.message)); }
      }, 250);
    };
    const save = tried(async (event) => {
      const v = values(event.target);
      const body = { name: v.name, query: v.query, queue: v.queue, rank: Number(v.rank), priority: Number(v.priority), tags: list(v.tags), notify: list(v.notify) };
      await (rule.id ? call("PATCH", "rules/" + rule.id, body, { "If-Match": `"v${rule.version}"` }) : call("POST", "rules", body));
      await show();
    });
    return h("form", { onsubmit: save, oninput: preview }, h("div", { class: "row" }, field("name", h("input", { name: "name", value: rule.name, required: true, maxlength: 200 })),
      field("queue", h("select", { name: "queue" }, queues.map((queue) => h("option", { value: queue.name, selected: queue.name === rule.queue }, queue.title)))),
      field("rank", h("input", { name: "rank", type: "number", min: 0, value: rule.rank, required: true }))), field("query", h("input", { name: "query", value: rule.query, required: true, maxlength: 2000 }), say("search_hint")),
      h("div", { class: "row" }, field("priority", h("input", { name: "priority", type: "number", value: rule.priority })), field("tags", h("input", { name: "tags", value: rule.tags.join(", ") })),
        field("notify", h("input", { name: "notify", value: rule.notify.join(", ") }), "role:lead, user:anna")), caught,
      h("div", { class: "acts" }, h("button", {}, say("keep")), rule.id ? h("button", { class: "quiet", type: "button", onclick: tried(async () => { await call("DELETE", "rules/" + rule.id); await show(); }) }, say("remove")) : null));
  };
  const table = (head, rows) => h("div", { class: "wide" }, h("table", {}, h("thead", {}, h("tr", {}, head.map((each) => h("th", { scope: "col" }, each)))), h("tbody", {}, rows.map((row) => h("tr", {}, row.map((each) => h("td", {}, each)))))));
  return [h("h1", {}, say("routing")), h("h2", {}, say("rules")),
    ...rules.map((rule) => h("details", {}, h("summary", {}, `${rule.rank}. ${rule.name} → ${rule.queue} · `, say("rule_record", { hits: rule.hits, moved: rule.rerouted })), ruleForm(rule))),
    h("details", {}, h("summary", {}, say("new_rule")), ruleForm({ name: "", query: "", queue: "triage", rank: 100, priority: 0, tags: [], notify: [] })),
    h("h2", {}, say("learned")), h("p", { class: "faint" }, report.trained_at ? say("trained", { n: report.examples, when: day(report.trained_at) }) : say("untrained")),
    report.queues.length ? table(["queue", "examples", "precision", "recall", "abstention", "kept_share", "drift"].map((name) => say(name)),
      report.queues.map((each) => [each.name, each.examples, percent(each.precision), percent(each.recall), percent(each.abstention), percent(each.kept), percent(each.drift)])) : "",
    report.confusions.length ? h("p", {}, say("confused"), " ", report.confusions.slice(0, 5).map((each) => `${each.queue} ~ ${each.guessed} (${each.count})`).join(", ")) : "",
    report.misfiled.length ? h("p", {}, say("misfiled"), " ", report.misfiled.slice(0, 10).map((each) => h("a", { href: "#/insight/" + each.insight }, `${each.insight} (${each.likely}?) `))) : "",
    h("div", { class: "acts" }, h("button", { class: "quiet", onclick: tried(async () => { await call("POST", "router/train"); await show(); }) }, say("train")))];
}

async function settings() {
  const user = await call("GET", "users/" + me.name);
  const mails = ["assigned", "asked", "replied", "answered", "declined", "unsolved", "left_lying", "departed", "escalated", "lease_ending", "ask_again", "outcome", "found", "solvable", "flagged", "mended", "routed", "lease_ended"];
  const save = tried(async (event) => {
    const data = new FormData(event.target);
    await call("PATCH", "users/" + me.name, { away_until: data.get("away_until") || null, email: data.get("email"), language: data.get("language"), mails: data.getAll("mails"), digest: data.has("digest") });
    announce(say("kept"));
  });
  const address = h("p", { class: "body" });
  const tick = (name, value, checked, text) => h("label", { class: "tick" }, h("input", { type: "checkbox", name, value, checked }), " ", text);
  return [h("h1", {}, say("settings")), h("form", { onsubmit: save },
    h("div", { class: "row" }, field("away_until", h("input", { name: "away_until", type: "date", value: user.away_until ?? "" })), field("email", h("input", { name: "email", type: "email", value: user.email })),
      field("mail_language", h("select", { name: "language" }, [["en", "English"], ["ru", "Русский"]].map(([code, name]) => h("option", { value: code, selected: user.language === code }, name))))),
    h("fieldset", {}, h("legend", {}, say("mail_me")), mails.map((kind) => tick("mails", kind, user.mails.includes(kind), say("news_" + kind)))),
    tick("digest", "1", user.digest, say("weekly")), h("div", { class: "acts" }, h("button", {}, say("keep")))),
    h("h2", {}, say("calendar")), h("p", { class: "faint" }, say("calendar_help")), address,
    h("div", { class: "acts" }, h("button", { class: "quiet", onclick: tried(async () => { address.textContent = location.origin + (await call("POST", "calendar")).path; }) }, say("calendar_new"))), ...await door()];
}

const accounts = accountViews({ h, say, call, day, tried, field, values, announce, show, leads });

async function show() {
  clearInterval(beats);
  showTop();
  const main = document.getElementById("main");
  const [, view = "search", rest = ""] = /^#\/([a-z]+)(?:[/?](.*))?$/.exec(location.hash) ?? [];
  let content;
  try {
    if (view === "invited") content = invited(rest);
    else if (!me) content = signIn();
    else if (view === "log") content = log();
    else if (view === "queues") content = await queuesView(decodeURIComponent(rest));
    else if (view === "tell") content = await tell();
    else if (view === "attention") content = await accounts.attention(new URLSearchParams(rest));
    else if (view === "client") content = await accounts.client(Number(rest));
    else if (view === "report") content = await accounts.report(new URLSearchParams(rest));
    else if (view === "outlook") content = await accounts.outlook(new URLSearchParams(rest));
    else if (view === "news") content = await news();
    else if (view === "routing") content = await routing();
    else if (view === "settings") content = await settings();
    else if (view === "insight") content = await insight(rest);
    else content = await search(new URLSearchParams(rest));
  } catch (error) {
    content = [h("p", { class: "wrong" }, say("failed", { why: error.message }))];
  }
  main.replaceChildren(...content);
  (main.querySelector("[autofocus]") ?? main).focus();
}

addEventListener("hashchange", show);
call("GET", "session").then((user) => { me = user; }, () => {}).then(show);
