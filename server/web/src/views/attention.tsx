// SPDX-License-Identifier: GPL-3.0-or-later
// Whom we may be losing, why, and what clears it; the silence of each against its own rhythm; the few that bring most.
import { type Address, href } from "../address";
import { type Schemas, post } from "../api";
import { Bars } from "../charts/bars";
import { Pareto } from "../charts/pareto";
import { Silence } from "../charts/silence";
import { Field, Form } from "../parts/form";
import { useHere } from "../parts/here";
import { ToClient } from "../parts/notes";
import { Growing } from "../parts/list";
import { Empty, Shown, useRead } from "../parts/read";
import { day, percent, say } from "../words/say";

type Line = Schemas["Attention"]["items"][number];

export function Attention({ address }: { address: Address }) {
  const { leads } = useHere();
  const { query } = address;
  const read = useRead<Schemas["Attention"]>("attention?limit=100" + (query.toString() ? "&" + query : ""), true);
  const first = read.value !== null || read.problem !== null;
  const choose = (name: string, value: string, text: string) => <a class="chip" href={href("attention", "", query.has(name) ? {} : { [name]: value })} aria-current={query.has(name) ? "true" : undefined}>{text}</a>;
  return (
    <>
      <h1>{say("attention")}</h1>
      <p><a class="chip" href={href("attention")} aria-current={query.toString() ? undefined : "true"}>{say("all_clients")}</a>{choose("owner", "me", say("only_mine"))}{choose("key", "true", say("only_key"))}{leads ? <a class="chip" href={href("report")}>{say("report")}</a> : null}</p>
      <Shown read={read}>{({ items, criteria }) => (
        <>
          <p class="faint">{say("attention_help", { days: criteria.usual_gap, ladder: criteria.ladder.join(", "), share: percent(criteria.sole_share) })}</p>
          <Silence items={items} usual={criteria.usual_gap} />
          {items.length ? <Growing all={items}>{(line) => <Card key={line.client.id} line={line} again={read.again} />}</Growing> : <Empty>{say("all_well")}</Empty>}
        </>
      )}</Shown>
      <KeyClients first={first} />
      {leads ? <Told first={first} /> : null}
    </>
  );
}

// What stands below is read at once and shown after what stands above (`first`): it would be pushed down.
function KeyClients({ first }: { first: boolean }) {
  const read = useRead<Schemas["KeyClients"]>("key-clients");
  return first ? (
    <>
      <h2>{say("key_clients")}</h2>
      <Shown read={read}>{(found) => (
        <>
          <p class="faint">{say("key_help", { count: found.key, share: percent(found.share) })} {found.moved_in.length ? say("moved_in", { names: found.moved_in.map((each) => each.name).join(", ") }) : ""} {found.moved_out.length ? say("moved_out", { names: found.moved_out.map((each) => each.name).join(", ") }) : ""}</p>
          <Pareto keys={found} />
        </>
      )}</Shown>
    </>
  ) : null;
}

function Told({ first }: { first: boolean }) {
  const { value } = useRead<{ items: { name: string; answered: number; told: number; rate: number }[] }>("told?by=queue");
  if (!first || !value) return null;
  const bars = value.items.filter((each) => each.answered).map((each) => ({ name: each.name, value: each.rate, text: `${percent(each.rate)} (${each.told}/${each.answered})`, where: href("search", "", { queue: each.name, state: "answered" }), bad: each.rate < 0.5 }));
  return <Bars title={say("told_title")} name="told" columns={[say("queue"), say("column_told_rate")]} most={1} bars={bars} />;
}

function Card({ line, again }: { line: Line; again: () => Promise<void> }) {
  const { announce } = useHere();
  return (
    <article class="card">
      <h2><ToClient client={line.client} /></h2>
      <p class="faint">{[line.key ? say("key_client") : "", line.owner, line.industry, line.call_by ? say("call_by", { day: day(line.call_by) }) : ""].filter(Boolean).join(" · ")}</p>
      <ul>{line.reasons.map((reason) => <li><a href={href("search", "", { q: reason.find })}>{reason.why}</a> <span class="faint">{say("clears", { how: reason.clears })}</span></li>)}</ul>
      <details>
        <summary>{say("leave_alone")}</summary>
        <Form onSend={async (given) => { await post(`clients/${line.client.id}/quiet`, { until: given["until"], reason: given["reason"] }); announce(say("kept")); await again(); }}>
          <div class="row">
            <Field label="until_day"><input name="until" type="date" required /></Field>
            <Field label="reason"><input name="reason" required maxLength={500} /></Field>
            <div class="acts"><button class="quiet">{say("leave_alone")}</button></div>
          </div>
        </Form>
      </details>
    </article>
  );
}
