// SPDX-License-Identifier: GPL-3.0-or-later
// One client from near: the card for the next visit, made to be printed on a page; the people; what was kept twice.
import type { ComponentChildren } from "preact";
import { type Address, go, href } from "../address";
import { type Client, type Items, type Schemas, get, post } from "../api";
import { People } from "../charts/people";
import { Doing, Field, Form } from "../parts/form";
import { useHere } from "../parts/here";
import { ToInsight } from "../parts/notes";
import { Shown, useRead } from "../parts/read";
import { Wide } from "../parts/wide";
import { day, number, say, sayOf } from "../words/say";

type Map = Schemas["PeopleMap"];

function Section<T>({ title, items, children }: { title: string; items: T[]; children: (item: T) => ComponentChildren }) {
  return items.length ? <section><h2>{title}</h2><ul class="plain-list">{items.map((item) => <li>{children(item)}</li>)}</ul></section> : null;
}

export function ClientView({ address }: { address: Address }) {
  const id = Number(address.rest);
  const card = useRead<Schemas["VisitCard"]>(`clients/${id}/visit-card`, true);
  const map = useRead<Map>(`clients/${id}/map`, true);
  const departures = useRead<{ items: { insight: number; contact: { id: number; name: string }; sentence: string; to_client: string; left_on: string }[] }>("departures?client=" + id);
  const again = async () => { await Promise.all([card.again(), map.again(), departures.again()]); };
  const { me } = useHere();
  return (
    <Shown read={card}>{(it) => {
      if (it.client.merged_into) { go(href("client", it.client.merged_into)); return null; }
      const judge = (gap: Schemas["Gap"], clue: Schemas["Gap"]["clues"][number], judgement: string) => async () => {
        await post(`clients/${id}/questions`, { question: gap.question, sentence: clue.sentence, insight: clue.insight, judgement, ...(gap.contact ? { contact: gap.contact.id } : {}) });
        await again();
      };
      return (
        <div class="card-page">
          <h1>{it.client.name}</h1>
          <p class="faint">{[it.client.industry, it.client.region, it.client.owner, it.client.revenue !== null ? say("revenue") + " " + number(it.client.revenue) : "", it.since ? say("last_visit", { day: day(it.since) }) : say("no_visit")].filter(Boolean).join(" · ")}</p>
          <div class="acts screen"><a class="button" href={href("log", "", { client: it.client.name })}>{say("log_here")}</a><a class="button quiet" href={href("search", "", { client: it.client.name })}>{say("all_notes")}</a><button class="quiet" onClick={() => print()}>{say("print")}</button></div>
          <div class="columns">
            <div>
              <Section title={say("card_tell")} items={it.to_tell}>{(item) => <><ToInsight id={item.id}>{item.text}</ToInsight>{item.answer ? " – " + item.answer : ""}</>}</Section>
              <Section title={say("card_open")} items={it.open}>{(item) => <><ToInsight id={item.id}>{item.text}</ToInsight>{item.ask ? <strong> {item.ask}</strong> : null}</>}</Section>
              <Section title={say("card_peers")} items={it.peers}>{(item) => say("peers_foresee", { what: item.title, count: item.witnesses })}</Section>
              <Section title={say("card_unknown")} items={it.unknown}>{(gap) => (
                <>{gap.text}{gap.said_on ? <span class="faint"> {say("said_then", { day: day(gap.said_on), what: gap.sentence ?? "" })}</span> : null}
                  {gap.clues.map((clue) => <blockquote><ToInsight id={clue.insight}>{clue.sentence}</ToInsight> <Doing onDo={judge(gap, clue, "confirmed")}>{say("that_answers")}</Doing> <Doing kind="plain" onDo={judge(gap, clue, "dismissed")}>{say("that_does_not")}</Doing></blockquote>)}</>
              )}</Section>
            </div>
            <div>
              <Section title={say("card_meet")} items={it.meet}>{(item) => <><strong>{item.contact.name}</strong>{item.role ? ", " + item.role : ""}{item.why.map((each) => sayOf("why_", each)).filter(Boolean).map((each) => " – " + each)}</>}</Section>
              <Section title={say("card_changed")} items={it.changed}>{(each) => <Changed each={each} />}</Section>
              <Section title={say("card_went")} items={departures.value?.items ?? []}>{(each) => {
                const judged = (judgement: string) => async () => {
                  await post("departures", { insight: each.insight, contact: each.contact.id, sentence: each.sentence, left_on: each.left_on, judgement, ...(judgement === "confirmed" ? { to_client: each.to_client } : {}) });
                  await again();
                };
                return <><ToInsight id={each.insight}>{each.sentence}</ToInsight> <Doing onDo={judged("confirmed")}>{each.to_client ? say("they_went_to", { who: each.contact.name, where: each.to_client }) : say("they_went", { who: each.contact.name })}</Doing> <Doing kind="plain" onDo={judged("dismissed")}>{say("they_did_not")}</Doing></>;
              }}</Section>
            </div>
          </div>
          <Shown read={map}>{(people) => <PeopleOf map={people} again={again} />}</Shown>
          {me.role === "technician" || !map.value ? null : <KeptTwice client={it.client} contacts={map.value.contacts} again={again} />}
        </div>
      );
    }}</Shown>
  );
}

function Changed({ each }: { each: Schemas["VisitCard"]["changed"][number] }) {
  if (each.what === "answered") return <>{say("changed_answered")} <ToInsight id={each.insight!}>{each.text}</ToInsight></>;
  return <>{say(each.what === "left" ? "changed_left" : "changed_new_contact", { who: each.contact?.name ?? "", day: day(each.on) })}</>;
}

function PeopleOf({ map, again }: { map: Map; again: () => Promise<void> }) {
  const { me } = useHere();
  const name = (id: number | null | undefined) => map.contacts.find((each) => each.id === id)?.name ?? "";
  return (
    <>
      <section>
        <h2>{say("card_people")}</h2>
        <Wide><table>
          <thead><tr>{(["contact", "role", "reports_to", "known_by"] as const).map((column) => <th scope="col">{say(column)}</th>)}</tr></thead>
          <tbody>{map.contacts.map((contact) => <tr key={contact.id}><td>{contact.name}{contact.left_on ? " " + say("gone_since", { day: day(contact.left_on) }) : ""}</td><td>{contact.role}</td><td>{name(contact.reports_to)}</td><td>{map.bonds.filter((bond) => bond.contact === contact.id).map((bond) => bond.user + (bond.last ? ` (${day(bond.last)})` : "")).join(", ")}</td></tr>)}</tbody>
        </table></Wide>
      </section>
      {map.ghosts.length ? <section><h2>{say("card_missing")}</h2><ul class="plain-list">{map.ghosts.map((each) => <li>{sayOf("ghost_", each.why, { name: name(each.contact), role: each.role })}</li>)}</ul></section> : null}
      <div class="screen"><People map={map} /></div>
      {me.role === "technician" ? null : (
        <details class="screen"><summary>{say("add_contact")}</summary>
          <Form onSend={async (given, form) => { await post(`clients/${map.client.id}/contacts`, Object.fromEntries(Object.entries(given).filter(([, value]) => value))); form.reset(); await again(); }}>
            <div class="row">
              <Field label="name"><input name="name" required maxLength={200} /></Field>
              <Field label="role"><input name="role" maxLength={200} /></Field>
              <Field label="email"><input name="email" type="email" maxLength={200} /></Field>
              <Field label="phone"><input name="phone" type="tel" maxLength={100} /></Field>
              <div class="acts"><button class="quiet">{say("keep")}</button></div>
            </div>
          </Form>
        </details>
      )}
    </>
  );
}

// Merging a client or two of its contacts that were kept twice, and parting them again.
function KeptTwice({ client, contacts, again }: { client: Client; contacts: Map["contacts"]; again: () => Promise<void> }) {
  const { announce } = useHere();
  const mergers = useRead<Items<Schemas["Merger"]>>("mergers");
  const ours = (mergers.value?.items ?? []).filter((each) => !each.undone_at && (each.what === "client" ? each.kept === client.id : contacts.some((contact) => contact.id === each.kept)));
  const done = async () => { await mergers.again(); await again(); };
  const options = <><option value="" />{contacts.map((contact) => <option value={contact.id}>{contact.name}</option>)}</>;
  return (
    <details class="screen"><summary>{say("kept_twice")}</summary>
      <p class="faint">{say("kept_twice_help")}</p>
      <Form onSend={async (given) => {
        const wanted = given["name"]!.trim();
        const { items } = await get<Items<Client>>("clients?limit=20&q=" + encodeURIComponent(wanted));
        const other = items.find((each) => each.name.toLowerCase() === wanted.toLowerCase());
        if (!other) return announce(say("no_such_client", { name: wanted }));
        await post(`clients/${client.id}/merge`, { lost: other.id });
        await done();
      }}>
        <div class="row"><Field label="other_client"><input name="name" required maxLength={200} /></Field><div class="acts"><button class="quiet">{say("merge_client")}</button></div></div>
      </Form>
      {contacts.length > 1 ? (
        <Form onSend={async (given) => { await post(`contacts/${given["kept"]}/merge`, { lost: Number(given["lost"]) }); await done(); }}>
          <div class="row"><Field label="contact"><select name="kept" required>{options}</select></Field><Field label="same_as"><select name="lost" required>{options}</select></Field><div class="acts"><button class="quiet">{say("merge_contacts")}</button></div></div>
        </Form>
      ) : null}
      <ul class="plain-list">{ours.map((each) => <Merged key={each.id} merger={each} onPart={async () => { await post(`mergers/${each.id}/undo`); await done(); }} />)}</ul>
    </details>
  );
}

function Merged({ merger, onPart }: { merger: Schemas["Merger"]; onPart: () => Promise<void> }) {
  const lost = useRead<{ name: string }>((merger.what === "client" ? "clients/" : "contacts/") + merger.lost);
  return <li>{say("was_merged", { name: lost.value?.name ?? "", day: day(merger.at), by: merger.by })} <Doing onDo={onPart}>{say("part_again")}</Doing></li>;
}
