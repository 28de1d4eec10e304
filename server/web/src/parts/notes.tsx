// SPDX-License-Identifier: GPL-3.0-or-later
// What insights, work and answers look like wherever they are shown.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { href } from "../address";
import { type Answer, type Hit, type Schemas, type Work, post } from "../api";
import { clock, day, moment, number, percent, say, sayOf } from "../words/say";
import { Area, Doing, Field, Form } from "./form";
import { useHere } from "./here";
import { Markdown } from "./markdown";

// The server's snippet holds escaped text and <mark>; all of it is taken as text, and what was marked is marked again.
const ESCAPED: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
const plain = (html: string) => html.replace(/&(?:amp|lt|gt|quot|#39);/g, (each) => ESCAPED[each]!);
export const snippetParts = (html: string) => html.split(/<mark>(.*?)<\/mark>/s).map(plain);
export const Snippet = ({ html }: { html: string }) => <>{snippetParts(html).map((text, index) => (index % 2 ? <mark>{text}</mark> : text))}</>;

export const ToInsight = ({ id, children }: { id: number; children: ComponentChildren }) => <a href={href("insight", id)}>{children}</a>;
export const ToClient = ({ client }: { client: { id: number; name: string } }) => <a href={href("client", client.id)}>{client.name}</a>;
export const Tag = ({ children, tone = "" }: { children: ComponentChildren; tone?: string }) => <span class={"tag " + tone}>{children}</span>;

type Foreseen = Schemas["Foreseen"];
export function Tags({ kind, queue, state, foreseen }: { kind: string; queue?: string | null | undefined; state?: string | null | undefined; foreseen?: Foreseen | null | undefined }) {
  return (
    <p class="tags">
      <Tag tone={kind}>{sayOf("", kind)}</Tag>
      {queue ? <Tag>{queue}</Tag> : null}
      {state ? <Tag tone={state}>{sayOf("", state)}</Tag> : null}
      {foreseen ? <Tag tone="foreseen">{say("foresees", { from: day(foreseen.from), to: day(foreseen.to) })}{foreseen.likelihood !== null ? " · " + percent(foreseen.likelihood) : ""}</Tag> : null}
    </p>
  );
}

export const isDoubtful = (hit: { answer_flagged?: boolean; answer_review_on?: string | null }) =>
  Boolean(hit.answer_flagged || (hit.answer_review_on && new Date(hit.answer_review_on) <= new Date()));

export function HitCard({ hit, chosen, onChoose }: { hit: Hit; chosen?: boolean; onChoose?: () => void }) {
  const meant = hit.matched.filter((each) => each.synonym).map((each) => each.typed + " ~ " + each.word);
  const [open, set] = useState(false);
  return (
    <article class={"card hit" + (chosen ? " chosen" : "")} aria-current={chosen ? "true" : undefined} data-id={hit.id} onClick={(event) => { if (onChoose && !(event.target as Element).closest("a,button,summary")) onChoose(); }}>
      <h2><a href={href("insight", hit.id)}>{hit.client.name}{hit.title ? <> · <Snippet html={hit.title_html} /></> : null}</a></h2>
      <p><Snippet html={hit.snippet} /></p>
      <Tags {...hit} />
      <p class="faint">
        {say("said_by", { author: hit.author, date: day(hit.recorded_at) })}
        {hit.answered ? " · " + say(isDoubtful(hit) ? "answer_doubtful" : "answered") : ""}
        {meant.length ? " · " + say("matched", { words: meant.join(", ") }) : ""}
        {hit.explanation?.length ? <> · <button class="plain" aria-expanded={open} onClick={() => set(!open)}>{say("why_found")}</button></> : null}
      </p>
      {open ? <ul class="faint">{hit.explanation?.map((each) => <li>{each.text}</li>)}</ul> : null}
    </article>
  );
}

// Why work is where it is: what was learned in the reader's language, the rest as the router put it.
export function why(route: Work["route"]) {
  const { evidence } = route;
  if (!evidence) return route.reasons.join(" ");
  const words = (rows: { word: string }[]) => rows.map((row) => "“" + row.word + "”").join(", ");
  return [
    route.by === "learned" ? say("learned_why", { n: evidence.examples, queue: route.queue, chance: Math.round(100 * (route.candidates[0]?.probability ?? 0)) })
      : say("unsure_why", { candidates: route.candidates.slice(0, 3).map((each) => `${each.queue} ${percent(each.probability)}`).join(", ") }),
    evidence.for.length ? say("speaks_for", { words: words(evidence.for) }) : "",
    evidence.against.length ? say("speaks_against", { words: words(evidence.against) }) : "",
    evidence.would_go ? say("without", { words: evidence.without.map((word) => "“" + word + "”").join(", "), queue: evidence.would_go }) : "",
  ].filter(Boolean).join(" ");
}

export function Due({ deadline }: { deadline: Work["deadline"] }) {
  const left = deadline.stopped ? say("stopped") : deadline.late ? say("late") : "";
  return <span class={deadline.late ? "wrong" : ""} title={sayOf("by_", deadline.by)}>{say("answer_by", { when: moment(deadline.at) })}{left ? ` (${left})` : ""} <span class="faint">· {sayOf("by_", deadline.by)}</span></span>;
}

// A priority with its parts, each as long as it weighs.
export function Priority({ work }: { work: Work }) {
  const parts = Object.entries(work.weighing).filter(([name, value]) => name !== "total" && value) as [string, number][];
  const total = parts.reduce((sum, [, value]) => sum + Math.max(0, value), 0) || 1;
  return (
    <span class="priority" title={parts.map(([name, value]) => sayOf("part_", name) + " " + number(value)).join(" + ")}>
      {say("priority")} <strong>{number(work.priority)}</strong>
      <svg viewBox="0 0 100 6" width="80" height="6" aria-hidden="true">
        {parts.reduce<{ at: number; bars: preact.JSX.Element[] }>((so_far, [name, value]) => {
          const width = (100 * Math.max(0, value)) / total;
          so_far.bars.push(<rect class={"part-" + name} x={so_far.at} width={Math.max(0, width - 1)} height="6" rx="1" />);
          return { at: so_far.at + width, bars: so_far.bars };
        }, { at: 0, bars: [] }).bars}
      </svg>
    </span>
  );
}

export const Asking = ({ asking }: { asking: Work["askings"][number] }) => (
  <p class="asking">{say("asked_of_client", { who: asking.by, question: asking.question })} {asking.replied_at ? say("client_said", { reply: asking.reply ?? "" }) : <em>{say("no_reply_yet")}</em>}</p>
);

// An answer, whether it can be trusted, and what can be done about that.
export function AnswerCard({ answer, again }: { answer: Answer; again: () => Promise<unknown> }) {
  const { works } = useHere();
  const doing = async (name: string, body: unknown) => { await post(`answers/${answer.id}/${name}`, body); await again(); };
  return (
    <section class="answer" aria-label={say("answer")}>
      <Markdown text={answer.body} />
      <p class="faint">{answer.by}, {day(answer.at)}{answer.repeated ? " · " + say("repeated", { n: answer.repeated }) : ""}</p>
      {answer.flag ? <p class="wrong">{say("flagged_by", { who: answer.flag.by, reason: answer.flag.reason })}</p> : null}
      {answer.outdated ? <p class="wrong">{say("outdated")}</p> : null}
      <details>
        <summary>{say("flag_or_fix")}</summary>
        {answer.flag ? null : (
          <Form onSend={(v) => doing("flag", { reason: v["reason"] })}>
            <Field label="reason"><input name="reason" required maxLength={1000} /></Field>
            <div class="acts"><button class="quiet">{say("flag")}</button></div>
          </Form>
        )}
        {works ? (
          <Form onSend={(v) => doing("review", { body: v["body"] })}>
            <Field label="answer"><Area name="body" required defaultValue={answer.body} /></Field>
            <div class="acts"><button class="quiet">{say("mend")}</button><Doing onDo={() => doing("review", {})}>{say("still_right")}</Doing></div>
          </Form>
        ) : null}
      </details>
    </section>
  );
}

export const heldBy = (work: Work, me: string) =>
  work.state !== "claimed" ? "" : say(work.holder === me ? "yours" : "held_by", { who: work.holder ?? "", when: work.lease_until ? clock(work.lease_until) : "" });
