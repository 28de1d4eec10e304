// SPDX-License-Identifier: GPL-3.0-or-later
// What is on its way, and what the server refused: what was meant beside what is there, to mend or to drop.
import { useState } from "preact/hooks";
import { Problem, type Work, get } from "../api";
import { useSendings } from "../offline/outbox";
import type { Sending } from "../offline/store";
import { Area, Doing, Field } from "../parts/form";
import { useHere } from "../parts/here";
import { Empty, Trouble } from "../parts/read";
import { type Word, moment, say } from "../words/say";
import { InsightPage } from "./insight";

const LABELS: Record<string, Word> = { body: "body", client: "client", whom: "whom", note: "note" };

export function OutboxView() {
  const { outbox } = useHere();
  const all = useSendings(outbox);
  return (
    <>
      <h1>{say("outbox")}</h1>
      <p class="faint">{say("outbox_help")}</p>
      {all.length ? null : <Empty>{say("all_sent")}</Empty>}
      {all.map((sending) => <Card key={sending.id} sending={sending} />)}
      {all.some((each) => !each.refused) ? <div class="acts"><Doing onDo={async () => outbox.wake()}>{say("send_now")}</Doing></div> : null}
    </>
  );
}

function Card({ sending }: { sending: Sending }) {
  const { outbox } = useHere();
  const [theirs, set] = useState<number | null>(null); // the insight
  const body = sending.body as Record<string, unknown>;
  const texts = Object.entries(body).filter(([, value]) => typeof value === "string") as [string, string][];
  const [mended, mend] = useState(body);
  // What is there now, beside what was meant: the insight that the act, or its work, was about.
  const [, what, id] = /^(insights|work)\/(\d+)/.exec(sending.path) ?? [];
  const look = async () => set(what === "work" ? (await get<Work>("work/" + id)).insight : Number(id));
  return (
    <article class="card">
      <h2>{sending.title}</h2>
      <p class="faint">{moment(sending.at)} · {sending.refused ? say("refused") : say("waits_for_network")}</p>
      {sending.refused ? (
        <>
          <Trouble problem={new Problem(sending.refused.status, sending.refused.detail, sending.refused.faults)} />
          <div class={theirs ? "two" : ""}>
            <div>{texts.map(([name, value]) => <Field label={LABELS[name] ?? "text"} help={name}><Area defaultValue={value} onInput={(event) => mend({ ...mended, [name]: event.currentTarget.value })} /></Field>)}</div>
            {theirs ? <div><h3>{say("now_there")}</h3><InsightPage id={theirs} beside /></div> : null}
          </div>
          <div class="acts">
            <Doing kind="" onDo={() => outbox.mend(sending, mended)}>{say("send_again")}</Doing>
            {id && !theirs ? <Doing onDo={look}>{say("see_there")}</Doing> : null}
            <Doing kind="plain" onDo={() => outbox.drop(sending)}>{say("drop")}</Doing>
          </div>
        </>
      ) : <p class="body">{texts.map(([, value]) => value).join("\n")}</p>}
    </article>
  );
}
