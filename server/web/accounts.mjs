// SPDX-License-Identifier: GPL-3.0-or-later
// Whom we may be losing, one client from near, and what is coming. `page` holds the tools of app.js.

export function accountViews(page) {
  const { h, say, call, day, tried, field, values, announce, show, leads } = page;
  const toClient = (client) => h("a", { href: "#/client/" + client.id }, client.name);
  const toInsight = (id, text) => h("a", { href: "#/insight/" + id }, text);
  const percent = (share) => Math.round(share * 100) + " %";
  const section = (title, items, line) => (items.length ? [h("h2", {}, say(title)), h("ul", {}, items.map((item) => h("li", {}, line(item))))] : []);

  // Clients with a reason, and what clears it.
  async function attention(query) {
    const { items, criteria } = await call("GET", "attention?limit=100&" + query);
    const keys = await call("GET", "key-clients");
    const choose = (name, on) => h("a", { href: "#/attention?" + (on ? name + "=" + (name === "owner" ? "me" : "true") : ""), "aria-current": query.get(name) ? "true" : null }, say(name === "owner" ? "only_mine" : "only_key"));
    const card = (line) => {
      const quieten = tried(async (event) => { await call("POST", `clients/${line.client.id}/quiet`, values(event.target)); announce(say("kept")); show(); });
      return h("article", {}, h("h2", {}, toClient(line.client)),
        h("p", { class: "faint" }, [line.key ? say("key_client") : null, line.owner, line.industry, line.call_by ? say("call_by", { day: day(line.call_by) }) : null].filter(Boolean).join(" · ")),
        h("ul", {}, line.reasons.map((reason) => h("li", {}, h("a", { href: "#/search?" + new URLSearchParams({ q: reason.find }) }, reason.why), " ", h("span", { class: "faint" }, say("clears", { how: reason.clears }))))),
        h("details", {}, h("summary", {}, say("leave_alone")), h("form", { onsubmit: quieten }, h("div", { class: "row" },
          field("until_day", h("input", { name: "until", type: "date", required: true })), field("reason", h("input", { name: "reason", required: true, maxlength: 500 })),
          h("div", { class: "acts" }, h("button", { class: "quiet" }, say("leave_alone")))))));
    };
    return [h("h1", {}, say("attention")), h("p", { class: "faint" }, say("attention_help", { days: criteria.usual_gap, ladder: criteria.ladder.join(", "), share: percent(criteria.sole_share) })),
      h("p", {}, h("a", { href: "#/attention" }, say("all_clients")), " · ", choose("owner", true), " · ", choose("key", true), leads() ? [" · ", h("a", { href: "#/report" }, say("report"))] : null),
      items.length ? items.map(card) : h("p", {}, say("all_well")),
      h("h2", {}, say("key_clients")), h("p", { class: "faint" }, say("key_help", { count: keys.key, share: percent(keys.share) }), keys.moved_in.length ? " " + say("moved_in", { names: keys.moved_in.map((each) => each.name).join(", ") }) : "",
        keys.moved_out.length ? " " + say("moved_out", { names: keys.moved_out.map((each) => each.name).join(", ") }) : ""),
      h("table", {}, h("thead", {}, h("tr", {}, ["client", "share_of_revenue", "so_far"].map((name) => h("th", {}, say(name))))),
        h("tbody", {}, keys.items.filter((item) => item.key).slice(0, 50).map((item) => h("tr", {}, h("td", {}, toClient(item.client)), h("td", {}, percent(item.share)), h("td", {}, percent(item.so_far))))))].flat();
  }

  // One's own clients that are to be called within a week, the first first. While the accounts are still being read
  // there are none; the page of attention says so.
  async function toCall() {
    const { items } = await call("GET", "attention?owner=me&limit=100").catch(() => ({ items: [] }));
    const week = new Date(Date.now() + 7 * 86400000).toISOString().slice(0, 10);
    const due = items.filter((line) => line.call_by && line.call_by <= week).sort((a, b) => (a.call_by < b.call_by ? -1 : 1));
    return section("to_call", due, (line) => [toClient(line.client), ": ", say("call_by", { day: day(line.call_by) }), ". ", h("span", { class: "faint" }, line.reasons[0].why)]);
  }

  // The card for the next visit, the people, and what we could not answer; made to be printed on one page.
  async function client(id) {
    const [card, map, departures] = await Promise.all([call("GET", `clients/${id}/visit-card`), call("GET", `clients/${id}/map`), call("GET", "departures?client=" + id)]);
    if (card.client.merged_into) { location.hash = "#/client/" + card.client.merged_into; return []; }
    const name = (contact) => map.contacts.find((each) => each.id === contact)?.name ?? "";
    const judge = (gap, clue, judgement) => tried(async () => {
      const body = { question: gap.question, sentence: clue.sentence, insight: clue.insight, judgement };
      await call("POST", `clients/${id}/questions`, gap.contact ? { ...body, contact: gap.contact.id } : body);
      show();
    });
    const unknown = (gap) => [gap.text, gap.said_on ? h("span", { class: "faint" }, " " + say("said_then", { day: day(gap.said_on), what: gap.sentence ?? "" })) : null,
      gap.clues.map((clue) => h("blockquote", {}, toInsight(clue.insight, clue.sentence), " ", h("button", { class: "quiet", onclick: judge(gap, clue, "confirmed") }, say("that_answers")), " ",
        h("button", { class: "plain", onclick: judge(gap, clue, "dismissed") }, say("that_does_not"))))].flat();
    const known = (contact) => map.bonds.filter((bond) => bond.contact === contact.id).map((bond) => bond.user + (bond.last ? ` (${day(bond.last)})` : "")).join(", ");
    const ghost = (each) => say("ghost_" + each.why, { name: name(each.contact), role: each.role });
    const went = (each) => {
      const judged = (judgement) => tried(async () => {
        await call("POST", "departures", { insight: each.insight, contact: each.contact.id, sentence: each.sentence, left_on: each.left_on, judgement, ...(judgement === "confirmed" ? { to_client: each.to_client } : {}) });
        show();
      });
      return [toInsight(each.insight, each.sentence), " ", h("button", { class: "quiet", onclick: judged("confirmed") }, each.to_client ? say("they_went_to", { who: each.contact.name, where: each.to_client }) : say("they_went", { who: each.contact.name })), " ",
        h("button", { class: "plain", onclick: judged("dismissed") }, say("they_did_not"))];
    };
    const change = (each) => (each.what === "answered" ? [say("changed_answered"), " ", toInsight(each.insight, each.text)] : [say("changed_" + each.what, { who: each.contact.name, day: day(each.on) })]);
    return [h("h1", {}, card.client.name), h("p", { class: "faint" }, [card.client.industry, card.client.owner, card.since ? say("last_visit", { day: day(card.since) }) : say("no_visit")].filter(Boolean).join(" · ")),
      ...section("card_tell", card.to_tell, (item) => [toInsight(item.id, item.text), item.answer ? ": " + item.answer : ""]),
      ...section("card_open", card.open, (item) => [toInsight(item.id, item.text), item.ask ? h("strong", {}, " " + item.ask) : ""]),
      ...section("card_peers", card.peers, (item) => [say("peers_foresee", { what: item.title, count: item.witnesses })]),
      ...section("card_unknown", card.unknown, unknown),
      ...section("card_meet", card.meet, (item) => [h("strong", {}, item.contact.name), item.role ? ", " + item.role : "", item.why.length ? ": " + item.why.map((why) => say("why_" + why)).join(", ") : ""]),
      ...section("card_changed", card.changed, change), ...section("card_went", departures.items, went),
      h("h2", {}, say("card_people")), h("table", {}, h("thead", {}, h("tr", {}, ["contact", "role", "reports_to", "known_by"].map((column) => h("th", {}, say(column))))),
        h("tbody", {}, map.contacts.map((contact) => h("tr", {}, h("td", {}, contact.name + (contact.left_on ? " " + say("gone_since", { day: day(contact.left_on) }) : "")), h("td", {}, contact.role), h("td", {}, name(contact.reports_to)), h("td", {}, known(contact)))))),
      ...section("card_missing", map.ghosts, (each) => [ghost(each)]),
      h("div", { class: "acts" }, h("button", { class: "quiet", onclick: () => print() }, say("print"))), ...await keptTwice(card.client, map.contacts)];
  }

  // Merging a client or two of its contacts that were kept twice, and parting them again.
  async function keptTwice(client, contacts) {
    const { items } = await call("GET", "mergers");
    const ours = items.filter((each) => !each.undone_at && (each.what === "client" ? each.kept === client.id : contacts.some((contact) => contact.id === each.kept)));
    const lost = await Promise.all(ours.map((each) => call("GET", (each.what === "client" ? "clients/" : "contacts/") + each.lost)));
    const mergeClient = tried(async (event) => {
      const wanted = values(event.target).name.trim();
      const { items: found } = await call("GET", "clients?limit=20&q=" + encodeURIComponent(wanted));
      const other = found.find((each) => each.name.toLowerCase() === wanted.toLowerCase());
      if (!other) return announce(say("no_such_client", { name: wanted }));
      await call("POST", `clients/${client.id}/merge`, { lost: other.id });
      show();
    });
    const mergeContacts = tried(async (event) => {
      const { kept, lost: other } = values(event.target);
      await call("POST", `contacts/${kept}/merge`, { lost: Number(other) });
      show();
    });
    const part = (merger) => tried(async () => { await call("POST", `mergers/${merger.id}/undo`); show(); });
    const choice = (name) => h("select", { name, required: true }, h("option", { value: "" }), contacts.map((contact) => h("option", { value: String(contact.id) }, contact.name)));
    return [h("details", { class: "screen" }, h("summary", {}, say("kept_twice")), h("p", { class: "faint" }, say("kept_twice_help")),
      h("form", { onsubmit: mergeClient }, h("div", { class: "row" }, field("other_client", h("input", { name: "name", required: true, maxlength: 200 })), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("merge_client"))))),
      contacts.length > 1 ? h("form", { onsubmit: mergeContacts }, h("div", { class: "row" }, field("contact", choice("kept")), field("same_as", choice("lost")), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("merge_contacts"))))) : null,
      h("ul", {}, ours.map((merger, place) => h("li", {}, say("was_merged", { name: lost[place].name, day: day(merger.at.slice(0, 10)), by: merger.by }), " ", h("button", { class: "quiet", onclick: part(merger) }, say("part_again"))))))];
  }

  // What leads read once a month: each figure leads to the notes behind it, each table is a CSV.
  async function report(query) {
    const month = query.get("month") ?? new Date().toISOString().slice(0, 7);
    const { tables, as_of } = await call("GET", "report?month=" + month);
    const ask = (event) => { event.preventDefault(); location.hash = "#/report?" + new URLSearchParams(values(event.target)); };
    const cell = (column, value) => (value === null ? "–" : /share|rate/.test(column) ? percent(value) : /^(last|call_by)$/.test(column) ? day(value) : typeof value === "number" ? Math.round(value * 10) / 10 : value);
    const table = (one) => [h("h2", {}, say("report_" + one.name)), h("p", { class: "faint" }, one.of === "today" ? say("as_of", { day: day(as_of.slice(0, 10)) }) : say("of_month", { month }), " ",
      h("a", { class: "screen", href: `/api/v1/report/${one.name}?month=${month}`, download: `${one.name}-${month}.csv` }, "CSV")),
      one.rows.length ? h("div", { class: "wide" }, h("table", {}, h("thead", {}, h("tr", {}, one.columns.map((column) => h("th", {}, say("column_" + column))))),
        h("tbody", {}, one.rows.map((row) => h("tr", {}, row.cells.map((value, place) => h("td", {}, place ? cell(one.columns[place], value) : h("a", { href: "#/search?" + new URLSearchParams({ q: row.find }) }, value || "–")))))))) : h("p", {}, say("nothing_in_table"))];
    return [h("h1", {}, say("report")), h("form", { class: "screen", onsubmit: ask }, h("div", { class: "row" }, field("month", h("input", { name: "month", type: "month", required: true, value: month })),
      h("div", { class: "acts" }, h("button", { class: "quiet" }, say("show")), h("button", { class: "quiet", type: "button", onclick: () => print() }, say("print"))))), ...tables.flatMap(table)];
  }

  // What clients see coming: each with its witnesses; several are gathered into one by ticking them.
  async function outlook(query) {
    const found = await call("GET", "outlook?" + query);
    const gather = tried(async (event) => {
      const data = new FormData(event.target), chosen = data.getAll("item").map((place) => found.items[place]);
      if (!chosen.length) return;
      const terms = [...new Set(chosen.flatMap((item) => item.terms))];
      await call("POST", "themes", { title: data.get("title") || chosen[0].title, terms });
      for (const item of chosen) if (item.theme) await call("DELETE", "themes/" + item.theme);
      show();
    });
    // The ticked words become a change of their own; a gathered one keeps the others, a found one finds them again.
    const split = (item, place) => tried(async (event) => {
      const ticked = new FormData(event.target.closest("form")).getAll("term-" + place);
      if (!ticked.length || ticked.length === item.terms.length) return;
      await call("POST", "themes", { title: ticked[0], terms: ticked });
      if (item.theme) await call("PATCH", "themes/" + item.theme, { terms: item.terms.filter((term) => !ticked.includes(term)) });
      show();
    });
    const theme = (item, place) => h("article", {}, h("h2", {}, h("label", { class: "tick" }, h("input", { type: "checkbox", name: "item", value: String(place) }), " ", item.title)),
      h("p", {}, say("witnessed", { count: item.witnesses, names: item.named.slice(0, 5).join(", ") + (item.named.length > 5 ? "…" : "") })),
      h("p", { class: "faint" }, [Math.abs(item.strength - item.witnesses) > 0.05 ? say("weighed", { strength: item.strength.toFixed(1) }) : null, say("first_heard", { quarter: item.first_heard }), say("trend_" + item.trend), item.likelihood !== null ? say("likely", { share: percent(item.likelihood) }) : null,
        item.revenue_share ? say("touches", { share: percent(item.revenue_share) }) : null, item.answered ? say("has_answer", { count: item.answered }) : null, Object.keys(item.foreseen).join(", ")].filter(Boolean).join(" · ")),
      h("ul", {}, item.insights.map((note) => h("li", {}, toClient(note.client), ": ", toInsight(note.id, note.text)))),
      item.terms.length > 1 ? h("details", { class: "screen" }, h("summary", {}, say("split_theme")), h("p", { class: "faint" }, say("split_help")),
        h("p", {}, item.terms.map((term) => h("label", { class: "tick" }, h("input", { type: "checkbox", name: "term-" + place, value: term }), " ", term, " "))),
        h("button", { class: "quiet", type: "button", onclick: split(item, place) }, say("split"))) : null);
    const ask = (event) => { event.preventDefault(); const asked = Object.entries(values(event.target)).filter(([, value]) => value); location.hash = "#/outlook?" + new URLSearchParams(asked); };
    return [h("h1", {}, say("outlook")), h("form", { onsubmit: ask }, h("div", { class: "row" }, field("industry", h("input", { name: "industry", value: query.get("industry") ?? "" })),
      field("foreseen_from", h("input", { name: "from", type: "date", value: query.get("from") ?? "" })), field("foreseen_to", h("input", { name: "to", type: "date", value: query.get("to") ?? "" })),
      h("div", { class: "acts" }, h("button", { class: "quiet" }, say("show"))))),
      h("form", { onsubmit: gather }, found.items.length ? found.items.map(theme) : h("p", {}, say("nothing_coming")),
        found.items.length ? h("div", { class: "row" }, field("gather_as", h("input", { name: "title", maxlength: 200 }), say("gather_help")), h("div", { class: "acts" }, h("button", { class: "quiet" }, say("gather_themes")))) : null),
      ...section("foreseen_alone", found.alone.items, (note) => [toClient(note.client), ": ", toInsight(note.id, note.text)])];
  }

  // "Ask next: …", for who writes a note about this client.
  async function nextQuestion(name) {
    const { items } = await call("GET", "clients?limit=20&q=" + encodeURIComponent(name));
    const client = items.find((each) => each.name.toLowerCase() === name.toLowerCase());
    const { ask } = client ? await call("GET", `clients/${client.id}/questions/next`) : {};
    return ask ? say("ask_next", { question: ask.text }) : "";
  }

  return { attention, toCall, client, outlook, report, nextQuestion };
}
