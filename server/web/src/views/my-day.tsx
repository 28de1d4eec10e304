// SPDX-License-Identifier: GPL-3.0-or-later
// A rep's day: whom to call, what to ask, what to tell, what to ask again, and what was foreseen and may have come about.
import { useEffect, useState } from "preact/hooks";
import { href } from "../address";
import { type Schemas, type Work, get, getKept } from "../api";
import { Area, Choice, Doing, Field, Form, filled } from "../parts/form";
import { useHere } from "../parts/here";
import { AnswerCard, Asking, ToClient, ToInsight } from "../parts/notes";
import { Empty, Shown, useChanges, useRead } from "../parts/read";
import { day, say, sayOf } from "../words/say";

type FollowUp = Schemas["FollowUp"];
type Line = Schemas["Attention"]["items"][number];
const ORDER = ["reply", "tell", "ask_again", "outcome"];
const PAGE = 10; // each asks for its work

export function MyDay() {
  const read = useRead<{ items: FollowUp[] }>("follow-ups", true);
  const attention = useRead<Schemas["Attention"]>("attention?owner=me&limit=100", true);
  const news = useRead<{ unseen: number }>("notifications?limit=1");
  const [shown, show] = useState(PAGE);
  useChanges(async () => { await read.again(); await attention.again(); await news.again(); });
  const week = new Date(Date.now() + 7 * 86400000).toISOString().slice(0, 10);
  // Key clients who are silent come first, whenever they are to be called.
  const silent = (line: Line) => line.key && line.reasons.some((each) => each.what === "silent" || each.what === "left_alone");
  const calls = (attention.value?.items ?? []).filter((line) => !line.quiet && (silent(line) || (line.call_by && line.call_by <= week))).sort((a, b) => Number(silent(b)) - Number(silent(a)) || ((a.call_by ?? "9") < (b.call_by ?? "9") ? -1 : 1));
  return (
    <div class="narrow-page">
      <h1>{say("tell_title")}</h1>
      {news.value?.unseen ? <p><a href={href("news")}>{say("news_unseen", { n: news.value.unseen })}</a></p> : null}
      {calls.length ? (
        <section>
          <h2>{say("to_call")}</h2>
          <ul class="plain-list">{calls.map((line) => <li key={line.client.id}><ToClient client={line.client} />{silent(line) ? <> <span class="tag wrong">{say("silent_key")}</span></> : null}{line.call_by ? ": " + say("call_by", { day: day(line.call_by) }) + "." : ""} <span class="faint">{line.reasons[0]?.why}</span></li>)}</ul>
        </section>
      ) : null}
      <Shown read={read} empty={({ items }) => (items.length || calls.length ? null : <Empty>{say("nothing_to_tell")}</Empty>)}>{({ items }) =>
        <>
          {[...items].sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what)).slice(0, shown).map((item) => <Card key={item.what + item.insight + "." + item.work} item={item} again={read.again} />)}
          {items.length > shown ? <button class="quiet" onClick={() => show(shown + PAGE)}>{say("more_to_do", { n: items.length - shown })}</button> : null}
        </>}
      </Shown>
    </div>
  );
}

function Card({ item, again }: { item: FollowUp; again: () => Promise<void> }) {
  const { outbox, announce } = useHere();
  const [work, set] = useState<Work | null>(null);
  const [done, close] = useState("");
  const [pending, wait] = useState(Boolean(item.work) && item.what !== "outcome");
  useEffect(() => { if (pending) void getKept<Work>("work/" + item.work).then(({ value }) => set(value), () => {}).finally(() => wait(false)); }, [item.work]);
  const send = (path: string, thanks: string) => async (body: unknown) => {
    const sent = await outbox.add(say(`do_${item.what}`) + ": " + item.client, "POST", path, body);
    const said = sent === null ? say("saved_later") : thanks;
    announce(said);
    if (sent === null) close(said); else await again();
  };
  if (done) return <article class="card"><h2>{item.client} · {item.title}</h2><p class="done">{done}</p></article>;
  const reply = send(`work/${item.work}/reply`, say("sent_on")), outcome = send(`insights/${item.insight}/outcome`, say("thanks")), tell = send(`work/${item.work}/tell`, say("closed"));
  return (
    <article class={`card do-${item.what}${pending ? " pending" : ""}`}>
      <h2><ToInsight id={item.insight}>{item.client} · {item.title}</ToInsight></h2>
      <p class="faint">{say(`do_${item.what}`)} · {say("for_days", { n: item.days })}</p>
      {work ? <p class="body">{work.about.excerpt}</p> : null}
      {item.what === "reply" ? work?.askings.slice(-1).map((asking) => <Asking asking={asking} />) : null}
      {work?.answers.slice(-1).map((answer) => <AnswerCard answer={answer} again={async () => { set(await get<Work>("work/" + item.work)); }} />)}
      {pending ? null : item.what === "reply" ? (
        <Form onSend={(given) => reply({ text: given["text"] })}>
          <Field label="their_reply"><Area name="text" required maxLength={4000} /></Field>
          <div class="acts"><button>{say("send_reply")}</button></div>
        </Form>
      ) : item.what === "outcome" ? (
        <Form onSend={(given) => outcome(filled({ outcome: "happened", happened_on: given["happened_on"] ?? "" }))}>
          <Field label="happened_on"><input name="happened_on" type="date" /></Field>
          <div class="acts"><button>{say("happened")}</button><Doing onDo={() => outcome({ outcome: "did_not" })}>{say("did_not")}</Doing></div>
        </Form>
      ) : (
        <Form onSend={(given) => tell(filled(given))}>
          <div class="row">
            <Field label="whom"><input name="whom" required maxLength={200} /></Field>
            <Field label="reaction"><Choice name="reaction" options={["solved", "helped", "not_solved", "no_answer"].map((each): [string, string] => [each, sayOf("", each)])} /></Field>
          </div>
          <Field label="note"><input name="note" maxLength={2000} /></Field>
          <div class="acts"><button>{say("told_it")}</button></div>
        </Form>
      )}
    </article>
  );
}
