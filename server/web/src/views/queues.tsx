// SPDX-License-Identifier: GPL-3.0-or-later
// A technician's desk: what is next and why, work in hand with its answer, and triage with a key for each candidate.
import { useEffect, useState } from "preact/hooks";
import { type Address, go, href } from "../address";
import { type Items, type Queue, type Schemas, type Work, get, post } from "../api";
import { Area, Choice, Doing, Field, Form, useDeed } from "../parts/form";
import { useHere } from "../parts/here";
import { Growing, useWalk } from "../parts/list";
import { Markdown } from "../parts/markdown";
import { Asking, Due, Priority, Snippet, Tags, ToInsight, heldBy, why } from "../parts/notes";
import { Empty, Shown, useChanges, useRead } from "../parts/read";
import { useUnsent } from "../parts/unsent";
import { day, number, percent, say } from "../words/say";

const HEARTBEAT = 5 * 60 * 1000;

export function Queues({ address }: { address: Address }) {
  const { me, works, announce } = useHere();
  const queues = useRead<Items<Queue>>("queues");
  const all = queues.value?.items ?? [];
  const chosen = all.find((queue) => queue.name === address.rest) ?? all.find((queue) => queue.name === localStorage.getItem("queue")) ?? all.find((queue) => queue.members.includes(me.name)) ?? all[0];
  const name = chosen?.name ?? null;
  const mine = useRead<Items<Work>>(works ? "work?holder=me&state=claimed" : null);
  const waiting = useRead<Items<Work>>(name ? `queues/${name}/work?state=waiting,claimed&limit=100` : null);
  const [at, move] = useState(-1);
  const again = async () => { await Promise.all([mine.again(), waiting.again(), queues.again()]); };
  useChanges(again);
  useEffect(() => { if (name) localStorage.setItem("queue", name); move(-1); }, [name]);
  const others = (waiting.value?.items ?? []).filter((work) => work.holder !== me.name);
  const own = mine.value?.items ?? [];
  const list = [...own, ...others];
  const claim = async (work: Work) => { if (work.state === "waiting" && works) { await post(`work/${work.id}/claim`); await again(); } };
  const deed = useDeed();
  const next = () => deed.run(async () => {
    const got = await post<Work | null>(`queues/${name}/claim`);
    if (!got) announce(say("nothing_waits"));
    await again();
    move(0);
  });
  const triage = async (work: Work, index: number) => {
    const candidate = elsewhere(work)[index];
    if (!candidate || !works) return;
    if (work.state === "waiting") await post(`work/${work.id}/claim`);
    await post(`work/${work.id}/reroute`, { queue: candidate.queue, reason: say("triaged") });
    announce(say("moved_to", { queue: candidate.queue }));
    await again();
  };
  const keys: Record<string, (index: number) => void> = {
    Enter: (index) => list[index] && go(href("insight", list[index]!.about.id)),
    c: (index) => list[index] && void deed.run(() => claim(list[index]!)),
    a: (index) => document.querySelector<HTMLTextAreaElement>(`[data-work="${list[index]?.id}"] textarea[name=body]`)?.focus(),
  };
  for (let digit = 1; digit <= 9; ++digit) keys[String(digit)] = (index) => { if (list[index]?.queue === "triage") void deed.run(() => triage(list[index]!, digit - 1)); };
  useWalk(list.length, at, move, keys);
  const card = (work: Work, index: number) => <WorkCard key={work.id} work={work} queues={all} again={again} chosen={index === at} triage={(candidate) => triage(work, candidate)} />;
  return (
    <div class="narrow-page">
      <h1>{say("queues")}</h1>
      <Shown read={queues}>{({ items }) => (
        <div class="row">
          <Field label="queue"><Choice value={name ?? ""} options={items.map((queue): [string, string] => [queue.name, `${queue.title} (${number(queue.counts["waiting"] ?? 0)})`])} onChange={(event) => go(href("queues", event.currentTarget.value))} /></Field>
          {works ? <div class="acts"><button disabled={deed.busy} onClick={() => void next()}>{say("take_next")}</button></div> : null}
        </div>
      )}</Shown>
      {deed.trouble}
      {chosen?.solves ? <p class="faint">{chosen.solves}</p> : null}
      {own.length ? <><h2>{say("all_queues")}</h2>{own.map(card)}</> : null}
      {chosen ? <h2>{chosen.title}</h2> : null}
      <Shown read={waiting} empty={() => (others.length ? null : <Empty>{say("nothing_waits")}</Empty>)}>{() => <Growing all={others}>{(work, index) => card(work, own.length + index)}</Growing>}</Shown>
    </div>
  );
}

// Where it may belong instead, the likeliest first.
const elsewhere = (work: Work) => work.route.candidates.filter((each) => each.queue !== work.queue);

function WorkCard({ work, queues, again, chosen, triage }: { work: Work; queues: Queue[]; again: () => Promise<void>; chosen: boolean; triage: (candidate: number) => Promise<void> }) {
  const { me, works, announce } = useHere();
  const mine = work.state === "claimed" && work.holder === me.name;
  const act = async (name: string, body: unknown = {}) => { await post(`work/${work.id}/${name}`, body); await again(); };
  const candidates = elsewhere(work);
  useEffect(() => {
    if (!mine) return;
    const timer = setInterval(() => void post(`work/${work.id}/heartbeat`).catch(() => {}), HEARTBEAT);
    return () => clearInterval(timer);
  }, [mine, work.id]);
  const held = heldBy(work, me.name);
  return (
    <article class={"card work" + (chosen ? " chosen" : "")} aria-current={chosen ? "true" : undefined} data-work={work.id}>
      <h2><ToInsight id={work.about.id}>{work.about.client.name}{work.about.title ? " · " + work.about.title : ""}</ToInsight></h2>
      <p class="body">{work.about.excerpt}</p>
      <Tags kind={work.about.kind} queue={work.queue} state={work.state} foreseen={work.about.foreseen} />
      <p class="faint">{say("said_by", { author: work.about.author, date: day(work.about.recorded_at) })} · <Priority work={work} /> · <Due deadline={work.deadline} />{held ? " · " + held : ""}</p>
      {mine && work.lease_until ? <Lease until={work.lease_until} /> : null}
      <details><summary>{say("why_here")}</summary><p>{why(work.route)}</p></details>
      {work.queue === "triage" && works && candidates.length ? (
        <div class="acts" role="group" aria-label={say("candidates")}>{candidates.slice(0, 9).map((each, index) => <Doing onDo={() => triage(index)}>{chosen ? <kbd>{index + 1}</kbd> : null} {each.queue} {percent(each.probability)}</Doing>)}</div>
      ) : null}
      {work.askings.map((asking) => <Asking asking={asking} />)}
      {work.gathered_under ? <p>{say("gathered_under")}</p> : null}
      {work.gathers ? <Gathered work={work} again={again} /> : null}
      <div class="acts">
        {work.state === "waiting" && works ? <Doing onDo={() => act("claim")}>{say("claim")}</Doing> : null}
        {mine ? <Doing onDo={() => act("release")}>{say("release")}</Doing> : null}
      </div>
      {mine ? (
        <>
          <AnswerForm work={work} again={again} />
          {work.deadline.stopped ? null : (
            <details>
              <summary>{say("ask")}</summary>
              <Form onSend={async (given) => { await act("ask", { text: given["text"] }); announce(say("asked_now")); }}>
                <Field label="ask"><Area name="text" required maxLength={4000} /></Field>
                <div class="acts"><button class="quiet">{say("ask_client")}</button></div>
              </Form>
            </details>
          )}
          <details>
            <summary>{say("move_or_decline")}</summary>
            <Form onSend={async (given) => { await act("reroute", { queue: given["queue"], ...(given["reason"] ? { reason: given["reason"] } : {}) }); announce(say("moved")); }}>
              <div class="row">
                <Field label="reroute"><Choice name="queue" options={otherQueues(work, queues)} /></Field>
                <Field label="reason"><input name="reason" maxLength={500} /></Field>
                <div class="acts"><button class="quiet">{say("reroute")}</button></div>
              </div>
            </Form>
            <Form onSend={(given) => act("decline", { reason: given["reason"] })}>
              <div class="row">
                <Field label="reason"><input name="reason" maxLength={500} required /></Field>
                <div class="acts"><button class="quiet">{say("decline")}</button></div>
              </div>
            </Form>
          </details>
        </>
      ) : null}
    </article>
  );
}

// How long it is still one's own; acting on it makes it longer.
function Lease({ until }: { until: string }) {
  const [now, tick] = useState(Date.now());
  useEffect(() => { const timer = setInterval(() => tick(Date.now()), 15000); return () => clearInterval(timer); }, []);
  const minutes = Math.round((Date.parse(until) - now) / 60000);
  return minutes < 15 ? <p class="wrong" role="status">{say("lease_left", { n: Math.max(0, minutes) })}</p> : null;
}

function otherQueues(work: Work, queues: Queue[]): [string, string][] {
  const chance = (queue: Queue) => work.route.candidates.find((each) => each.queue === queue.name)?.probability ?? 0;
  return queues.filter((queue) => queue.name !== work.queue).sort((a, b) => chance(b) - chance(a)).map((queue) => [queue.name, queue.title + (chance(queue) ? ` (${percent(chance(queue))})` : "")]);
}

// The answer as it is written: kept until it is sent, shown as it will look, beside what was answered to its like.
function AnswerForm({ work, again }: { work: Work; again: () => Promise<void> }) {
  const { announce } = useHere();
  const { text, write, forget } = useUnsent("answer " + work.id);
  const [repeats, repeat] = useState<number | null>(null);
  const [seen, see] = useState(false);
  return (
    <Form class="answer-form" onSend={async (_, __, data) => {
      const also = data.getAll("also").map(Number);
      await post(`work/${work.id}/answer`, { body: text, ...(repeats ? { repeats } : {}), ...(also.length ? { also } : {}) });
      forget();
      announce(say("answer_sent", { who: work.about.author }));
      await again();
    }}>
      <Field label="answer" help={say("answer_help")}>
        <Area name="body" required rows={4} maxLength={20000} value={text} onInput={(event) => write(event.currentTarget.value)} onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit(); else if (event.key === "Escape") event.currentTarget.blur(); }} />
      </Field>
      {text ? <button type="button" class="plain" aria-expanded={seen} onClick={() => see(!seen)}>{say("preview")}</button> : null}
      {seen && text ? <div class="answer"><Markdown text={text} /></div> : null}
      <Known work={work} onTake={(body, answer) => { write(body); repeat(answer); }} />
      <Alike work={work} again={again} />
      <div class="acts"><button>{say("send_answer")}</button></div>
    </Form>
  );
}

// What was answered to its like: taken over with a press, and counted as used again.
function Known({ work, onTake }: { work: Work; onTake: (body: string, answer: number | null) => void }) {
  const { value } = useRead<Items<Schemas["Alike"]>>(`insights/${work.insight}/similar?limit=8`);
  const known = (value?.items ?? []).filter((each) => each.answer).slice(0, 3);
  const take = async (each: Schemas["Alike"]) => {
    const insight = await get<Schemas["Insight"]>("insights/" + each.id);
    const answer = insight.answers.at(-1);
    onTake(answer?.body ?? each.answer, answer?.repeats ?? answer?.id ?? null);
  };
  if (!known.length) return null;
  return (
    <details open>
      <summary>{say("known_answers")}</summary>
      <ul class="plain-list">{known.map((each) => <li><ToInsight id={each.id}>{each.client.name}</ToInsight> <span class="faint">{percent(each.likeness)}</span><blockquote>{each.answer}</blockquote><Doing onDo={() => take(each)}>{say("use_it")}</Doing></li>)}</ul>
    </details>
  );
}

// Other open work that the same answer may do for: ticked, it is answered together, or gathered now and answered then.
function Alike({ work, again }: { work: Work; again: () => Promise<void> }) {
  const { me } = useHere();
  const { value } = useRead<Items<Schemas["AlikeWork"]>>(`work/${work.id}/alike`);
  const open = (value?.items ?? []).filter((each) => (!each.holder || each.holder === me.name) && each.gathered_under !== work.id);
  const [ticked, tick] = useState<number[]>([]);
  if (!open.length) return null;
  return (
    <fieldset><legend>{say("also_for")}</legend>
      {open.map((each) => <label class="tick"><input type="checkbox" name="also" value={each.work} checked={ticked.includes(each.work)} onChange={(event) => tick(event.currentTarget.checked ? [...ticked, each.work] : ticked.filter((other) => other !== each.work))} /> {each.client.name}: <Snippet html={each.snippet} /></label>)}
      {ticked.length ? <div class="acts"><Doing onDo={async () => { await post(`work/${work.id}/gather`, { works: ticked }); tick([]); await again(); }}>{say("gather")}</Doing></div> : null}
    </fieldset>
  );
}

function Gathered({ work, again }: { work: Work; again: () => Promise<void> }) {
  const { value } = useRead<Work>("work/" + work.id);
  return (
    <details open><summary>{say("gathers", { count: work.gathers })}</summary>
      <ul class="plain-list">{(value?.gathered ?? []).map((each) => <li><ToInsight id={each.about.id}>{each.about.client.name}</ToInsight>: {each.about.excerpt} <Doing onDo={async () => { await post(`work/${each.id}/part`); await again(); }}>{say("part")}</Doing></li>)}</ul>
    </details>
  );
}
