// SPDX-License-Identifier: GPL-3.0-or-later
// One insight with all that came of it: why it is where it is, answers, tellings, what is like it, its history.
import { useEffect, useState } from "preact/hooks";
import { type Address, href } from "../address";
import { type Insight, type Items, type Schemas, type Work, get, post } from "../api";
import { Attachments } from "../parts/files";
import { useHere } from "../parts/here";
import { AnswerCard, Asking, Snippet, Tags, ToClient, ToInsight, why } from "../parts/notes";
import { Shown, useChanges, useRead } from "../parts/read";
import { day, moment, percent, say, sayOf } from "../words/say";

export const InsightView = ({ address }: { address: Address }) => <InsightPage id={Number(address.rest)} />;

export function InsightPage({ id, beside = false }: { id: number; beside?: boolean }) {
  const read = useRead<Insight>("insights/" + id, true);
  useChanges(read.again);
  const Title = beside ? "h2" : "h1";
  return (
    <Shown read={read}>{(it) => (
      <article class="insight">
        <Title><a href={href("insight", it.id)}>{say("insight", { id: String(it.id) })}</a>{it.title ? ": " + it.title : ""}</Title>
        <p><strong><ToClient client={it.client} /></strong>{it.contacts.length ? " · " + it.contacts.map((contact) => contact.name).join(", ") : ""}{it.confidential ? <> · <em>{say("confidential")}</em></> : null}</p>
        <p class="body">{it.body}</p>
        <Tags kind={it.kind} queue={it.work?.queue} state={it.work?.state} foreseen={it.foreseen} />
        <p class="faint">{say("said_by", { author: it.author, date: day(it.recorded_at) })}{it.tags.length ? " · " + it.tags.join(", ") : ""}</p>
        <Attachments insight={it.id} author={it.author} all={it.attachments ?? []} again={read.again} />
        {it.work ? <Looking work={it.work.id} /> : null}
        {it.work?.askings.map((asking) => <Asking asking={asking} />)}
        {it.answers.map((answer) => <AnswerCard answer={answer} again={read.again} />)}
        {it.tellings.map((told) => <p class="telling">{say("told")}: {told.whom}, {day(told.at)} – {sayOf("", told.reaction)}{told.note ? ". " + told.note : ""}</p>)}
        {it.work ? <details><summary>{say("why_here")}</summary><p>{why(it.work.route)}</p></details> : null}
        <Similar id={it.id} />
        <History id={it.id} />
      </article>
    )}</Shown>
  );
}

function Looking({ work }: { work: number }) {
  const { me, works } = useHere();
  const [others, set] = useState<string[]>([]);
  useEffect(() => {
    if (!works) return;
    const look = () => void post<Work>(`work/${work}/look`).then((seen) => set((seen.looking ?? []).filter((name) => name !== me.name)), () => {});
    look();
    const timer = setInterval(look, 30000);
    return () => clearInterval(timer);
  }, [work, works, me.name]);
  return others.length ? <p class="looking">{say("looking", { who: others.join(", ") })}</p> : null;
}

function Similar({ id }: { id: number }) {
  const { value } = useRead<Items<Schemas["Alike"]>>(`insights/${id}/similar?limit=5`);
  if (!value?.items.length) return null;
  return (
    <details>
      <summary>{say("similar", { n: value.items.length })}</summary>
      <ul class="plain-list">{value.items.map((each) => (
        <li><ToInsight id={each.id}>{each.client.name}</ToInsight> <span class="tag">{sayOf("as_", each.as)}</span> <Snippet html={each.snippet} /> <span class="faint">{percent(each.likeness)}</span>{each.answer ? <blockquote>{each.answer}</blockquote> : null}</li>
      ))}</ul>
    </details>
  );
}

function History({ id }: { id: number }) {
  const [events, set] = useState<Schemas["Event"][] | null>(null);
  const open = async () => { if (!events) set((await get<Items<Schemas["Event"]>>(`insights/${id}/history`)).items); };
  return (
    <details onToggle={(event) => { if (event.currentTarget.open) void open(); }}>
      <summary>{say("history")}</summary>
      <ol class="plain-list">{events?.map((event) => <li><span class="faint">{moment(event.at)}</span> {event.actor} · {sayOf("event_", event.kind.replace(".", "_"))}</li>)}</ol>
    </details>
  );
}
