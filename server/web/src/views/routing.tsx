// SPDX-License-Identifier: GPL-3.0-or-later
// Rules, with what each would catch while it is written, and how well the learned router does.
import { useEffect, useState } from "preact/hooks";
import { href } from "../address";
import { type Items, Problem, type Queue, type Schemas, patch, post, remove } from "../api";
import { Bars } from "../charts/bars";
import { Choice, Doing, Field, Form, list } from "../parts/form";
import { ToInsight } from "../parts/notes";
import { Shown, Trouble, useRead } from "../parts/read";
import { Wide } from "../parts/wide";
import { day, number, percent, say } from "../words/say";

type Rule = Schemas["Rule"];
interface Caught { looked_at: number; matches: number; taken: number; items: { insight: number; title: string; client: string; taken_by: { name: string } | null }[] }
const share = (value: number | null) => (value === null ? "–" : percent(value));
const FRESH = { name: "", query: "", queue: "triage", rank: 100, priority: 0, tags: [], notify: [] } as unknown as Rule;

export function Routing() {
  const rules = useRead<Items<Rule>>("rules");
  const queues = useRead<Items<Queue>>("queues");
  const router = useRead<Schemas["RouterReport"]>("router");
  return (
    <>
      <h1>{say("routing")}</h1>
      <h2>{say("rules")}</h2>
      <Shown read={rules}>{({ items }) => (
        <>
          {items.map((rule) => <details key={rule.id + "v" + rule.version}><summary>{rule.rank}. {rule.name} → {rule.queue} · {say("rule_record", { hits: rule.hits ?? 0, moved: rule.rerouted ?? 0 })}</summary><RuleForm rule={rule} queues={queues.value?.items ?? []} again={rules.again} /></details>)}
          <details key={"new" + items.length}><summary>{say("new_rule")}</summary><RuleForm rule={FRESH} queues={queues.value?.items ?? []} again={rules.again} /></details>
        </>
      )}</Shown>
      <h2>{say("learned")}</h2>
      <Shown read={router}>{(report) => (
        <>
          <p class="faint">{report.trained_at ? say("trained", { n: report.examples, when: day(report.trained_at) }) : say("untrained")}</p>
          <Bars title={say("precision_title")} name="router" columns={[say("queue"), say("precision")]} most={1} bars={report.queues.map((each) => ({ name: each.name, value: each.precision, text: `${share(each.precision)} · ${each.examples}`, where: href("queues", each.name), bad: each.precision !== null && each.precision < each.wanted }))} />
          {report.queues.length ? (
            <Wide><table>
              <thead><tr>{(["queue", "examples", "precision", "recall", "abstention", "kept_share", "drift"] as const).map((name) => <th scope="col">{say(name)}</th>)}</tr></thead>
              <tbody>{report.queues.map((each) => <tr><td>{each.name}</td><td class="figure">{number(each.examples)}</td>{[each.precision, each.recall, each.abstention, each.kept, each.drift].map((value) => <td class="figure">{share(value)}</td>)}</tr>)}</tbody>
            </table></Wide>
          ) : null}
          {report.confusions.length ? <p>{say("confused")} {report.confusions.slice(0, 5).map((each) => `${each.queue} ~ ${each.guessed} (${each.count})`).join(", ")}</p> : null}
          {report.misfiled.length ? <p>{say("misfiled")} {report.misfiled.slice(0, 10).map((each) => <><ToInsight id={each.insight}>{each.insight} ({each.likely}?)</ToInsight> </>)}</p> : null}
          <div class="acts"><Doing onDo={async () => { await post("router/train"); await router.again(); }}>{say("train")}</Doing></div>
        </>
      )}</Shown>
    </>
  );
}

function RuleForm({ rule, queues, again }: { rule: Rule; queues: Queue[]; again: () => Promise<void> }) {
  const [query, ask] = useState(rule.query);
  const [rank, place] = useState(rule.rank);
  const [caught, see] = useState<Caught | Problem | null>(null);
  useEffect(() => {
    if (!query.trim()) return see(null);
    let wanted = true;
    const timer = setTimeout(() => void post<Caught>("rules/preview", { query, rank, ...(rule.id ? { id: rule.id } : {}) }).then((found) => wanted && see(found), (problem) => wanted && see(problem)), 250);
    return () => { wanted = false; clearTimeout(timer); };
  }, [query, rank, rule.id]);
  return (
    <Form onSend={async (given) => {
      const body = { name: given["name"], query: given["query"], queue: given["queue"], rank: Number(given["rank"]), priority: Number(given["priority"]), tags: list(given["tags"]), notify: list(given["notify"]) };
      await (rule.id ? patch("rules/" + rule.id, rule.version, body) : post("rules", body));
      await again();
    }}>
      <div class="row">
        <Field label="name"><input name="name" defaultValue={rule.name} required maxLength={200} /></Field>
        <Field label="queue"><Choice name="queue" value={rule.queue} options={queues.map((queue): [string, string] => [queue.name, queue.title])} /></Field>
        <Field label="rank"><input name="rank" type="number" min={0} value={rank} onInput={(event) => place(Number(event.currentTarget.value))} required /></Field>
      </div>
      <Field label="query" help={say("search_hint")}><input name="query" value={query} onInput={(event) => ask(event.currentTarget.value)} required maxLength={2000} /></Field>
      <div class="row">
        <Field label="priority"><input name="priority" type="number" defaultValue={String(rule.priority)} /></Field>
        <Field label="tags"><input name="tags" defaultValue={rule.tags.join(", ")} /></Field>
        <Field label="notify" help="role:lead, user:anna"><input name="notify" defaultValue={rule.notify.join(", ")} /></Field>
      </div>
      <div aria-live="polite">{caught instanceof Problem ? <Trouble problem={caught} /> : caught ? (
        <><p class="faint">{say("would_catch", { n: caught.matches, of: caught.looked_at, taken: caught.taken })}</p><ul class="plain-list">{caught.items.slice(0, 8).map((each) => <li><ToInsight id={each.insight}>{each.client}: {each.title.slice(0, 100)}</ToInsight>{each.taken_by ? " ← " + each.taken_by.name : ""}</li>)}</ul></>
      ) : null}</div>
      <div class="acts"><button>{say("keep")}</button>{rule.id ? <Doing onDo={async () => { await remove("rules/" + rule.id); await again(); }}>{say("remove")}</Doing> : null}</div>
    </Form>
  );
}
