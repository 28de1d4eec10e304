// SPDX-License-Identifier: GPL-3.0-or-later
// What clients see coming: on a time line, and each with its witnesses. Several are gathered into one by ticking them.
import { useState } from "preact/hooks";
import { type Address, go, href } from "../address";
import { type Schemas, get, patch, post, remove } from "../api";
import { Coming } from "../charts/coming";
import { Doing, Field, Form, Tick, filled } from "../parts/form";
import { ToClient, ToInsight } from "../parts/notes";
import { Empty, Shown, useRead } from "../parts/read";
import { number, percent, say, sayOf } from "../words/say";

type Item = Schemas["Outlook"]["items"][number];

export function Outlook({ address }: { address: Address }) {
  const { query } = address;
  const read = useRead<Schemas["Outlook"]>("outlook?" + query, true);
  const [ticked, tick] = useState<string[]>([]);
  return (
    <>
      <h1>{say("outlook")}</h1>
      <Form onSend={async (given) => go(href("outlook", "", filled(given)))}>
        <div class="row">
          <Field label="industry"><input name="industry" defaultValue={query.get("industry") ?? ""} /></Field>
          <Field label="foreseen_from"><input name="from" type="date" defaultValue={query.get("from") ?? ""} /></Field>
          <Field label="foreseen_to"><input name="to" type="date" defaultValue={query.get("to") ?? ""} /></Field>
          <div class="acts"><button class="quiet">{say("show")}</button></div>
        </div>
      </Form>
      <Shown read={read}>{(found) => (
        <>
          <Coming items={found.items} />
          <Form onSend={async (given, form) => {
            const chosen = found.items.filter((item) => ticked.includes(item.title));
            if (!chosen.length) return;
            await post("themes", { title: given["title"] || chosen[0]!.title, terms: [...new Set(chosen.flatMap((item) => item.terms))] });
            for (const item of chosen) if (item.theme) await remove("themes/" + item.theme);
            tick([]);
            form.reset();
            await read.again();
          }}>
            {found.items.length ? found.items.map((item) => <Card key={item.theme ?? item.title} item={item} ticked={ticked.includes(item.title)} onTick={(on) => tick(on ? [...ticked, item.title] : ticked.filter((each) => each !== item.title))} again={read.again} />) : <Empty>{say("nothing_coming")}</Empty>}
            {found.items.length ? <div class="row"><Field label="gather_as" help={say("gather_help")}><input name="title" maxLength={200} /></Field><div class="acts"><button class="quiet" disabled={!ticked.length}>{say("gather_themes")}</button></div></div> : null}
          </Form>
          {found.alone.items.length ? <section><h2>{say("foreseen_alone")}</h2><ul class="plain-list">{found.alone.items.map((note) => <li><ToClient client={note.client} />: <ToInsight id={note.id}>{note.text}</ToInsight></li>)}</ul></section> : null}
        </>
      )}</Shown>
    </>
  );
}

function Card({ item, ticked, onTick, again }: { item: Item; ticked: boolean; onTick: (on: boolean) => void; again: () => Promise<void> }) {
  const [terms, choose] = useState<string[]>([]);
  // The ticked words become a change of their own; a gathered one keeps the others, a found one finds them again.
  const split = async () => {
    if (!terms.length || terms.length === item.terms.length) return;
    await post("themes", { title: terms[0], terms });
    if (item.theme) {
      const { items } = await get<{ items: Schemas["Theme"][] }>("themes");
      const theme = items.find((each) => each.id === item.theme);
      if (theme) await patch("themes/" + item.theme, theme.version, { terms: item.terms.filter((term) => !terms.includes(term)) });
    }
    choose([]);
    await again();
  };
  const facts = [Math.abs(item.strength - item.witnesses) > 0.05 ? say("weighed", { strength: number(item.strength, 1) }) : "", say("first_heard", { quarter: item.first_heard }), sayOf("trend_", item.trend), item.likelihood !== null ? say("likely", { share: percent(item.likelihood) }) : "",
    item.revenue_share ? say("touches", { share: percent(item.revenue_share) }) : "", item.answered ? say("has_answer", { count: item.answered }) : "", Object.keys(item.foreseen).join(", ")].filter(Boolean).join(" · ");
  return (
    <article class="card">
      <h2><Tick checked={ticked} onChange={(event) => onTick(event.currentTarget.checked)}>{item.title}</Tick></h2>
      <p>{say("witnessed", { count: item.witnesses, names: item.named.slice(0, 5).join(", ") + (item.named.length > 5 ? "…" : "") })}</p>
      <p class="faint">{facts}</p>
      <ul class="plain-list">{item.insights.map((note) => <li><ToClient client={note.client} />: <ToInsight id={note.id}>{note.text}</ToInsight></li>)}</ul>
      {item.terms.length > 1 ? (
        <details class="screen"><summary>{say("split_theme")}</summary>
          <p class="faint">{say("split_help")}</p>
          <p>{item.terms.map((term) => <Tick value={term} checked={terms.includes(term)} onChange={(event) => choose(event.currentTarget.checked ? [...terms, term] : terms.filter((each) => each !== term))}>{term} </Tick>)}</p>
          <Doing onDo={split}>{say("split")}</Doing>
        </details>
      ) : null}
    </article>
  );
}
