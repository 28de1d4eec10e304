// SPDX-License-Identifier: GPL-3.0-or-later
// What leads and admins keep in order: queues, people, words, what was searched in vain, webhooks, imports.
import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { type Address, href } from "../address";
import { type Items, Problem, type Queue, type Schemas, type User, patch, post, remove } from "../api";
import { Bars } from "../charts/bars";
import { Choice, Doing, Field, Form, Tick, list } from "../parts/form";
import { useHere } from "../parts/here";
import { Empty, Shown, useRead } from "../parts/read";
import { Wide } from "../parts/wide";
import { type Word, day, moment, number, say, sayOf } from "../words/say";

const PARTS: { name: string; word: Word; admin?: boolean; show: ComponentType }[] = [
  { name: "queues", word: "queues", show: QueuesDesk },
  { name: "people", word: "people_here", show: PeopleDesk },
  { name: "words", word: "vocabulary", show: WordsDesk },
  { name: "in-vain", word: "in_vain", show: InVain },
  { name: "imports", word: "imports", show: Imports },
  { name: "webhooks", word: "webhooks", admin: true, show: Webhooks },
];

export function Desk({ address }: { address: Address }) {
  const { me } = useHere();
  const parts = PARTS.filter((each) => !each.admin || me.role === "admin");
  const part = parts.find((each) => each.name === address.rest) ?? parts[0]!;
  const Show = part.show;
  return (
    <>
      <h1>{say("desk")}</h1>
      <nav aria-label={say("desk")}>{parts.map((each) => <a class="chip" href={href("desk", each.name)} aria-current={each === part ? "page" : undefined}>{say(each.word)}</a>)}</nav>
      <Show key={part.name} />
    </>
  );
}

// Changes what is known, or makes it; a form for a new one is itself made anew when the list has grown.
const keep = (all: string, known: { name: string; version: number } | null, name: string | undefined, body: object) =>
  known ? patch(`${all}/${known.name}`, known.version, body) : post(all, { name, ...body });

const hours = (from: string) => (Date.now() - Date.parse(from)) / 3600000;

function QueuesDesk() {
  const read = useRead<Items<Queue>>("queues");
  return (
    <Shown read={read}>{({ items }) => (
      <>
        <Bars title={say("queue_age_title")} name="queue-age" columns={[say("queue"), say("oldest_waits")]} bars={items.filter((queue) => queue.waiting_since).map((queue) => {
          const age = hours(queue.waiting_since!);
          return { name: queue.title, value: age, text: say("hours", { n: Math.round(age) }), where: href("queues", queue.name), bad: age > queue.goal_hours };
        })} />
        {items.map((queue) => <details class="card" key={queue.name + queue.version}><summary>{queue.title} · {say("waiting")} {number(queue.counts["waiting"] ?? 0)}</summary><QueueForm queue={queue} again={read.again} /></details>)}
        <details class="card" key={"new" + items.length}><summary>{say("new_queue")}</summary><QueueForm queue={null} again={read.again} /></details>
      </>
    )}</Shown>
  );
}

function QueueForm({ queue, again }: { queue: Queue | null; again: () => Promise<void> }) {
  const { announce } = useHere();
  return (
    <Form onSend={async (given, _, data) => {
      const body = { title: given["title"], solves: given["solves"], members: list(given["members"]), goal_hours: Number(given["goal_hours"]), lead_days: Number(given["lead_days"]), precision: Number(given["precision"]) / 100, hands_out: data.has("hands_out") };
      await keep("queues", queue, given["name"], body);
      announce(say("kept"));
      await again();
    }}>
      <div class="row">
        {queue ? null : <Field label="name" help="seals"><input name="name" required pattern="[a-z0-9][a-z0-9_\-]*" maxLength={64} /></Field>}
        <Field label="title_short"><input name="title" required maxLength={200} defaultValue={queue?.title ?? ""} /></Field>
        <Field label="members"><input name="members" defaultValue={queue?.members.join(", ") ?? ""} /></Field>
      </div>
      <Field label="solves"><input name="solves" maxLength={2000} defaultValue={queue?.solves ?? ""} /></Field>
      <div class="row">
        <Field label="goal_hours"><input name="goal_hours" type="number" min={1} defaultValue={String(queue?.goal_hours ?? 72)} /></Field>
        <Field label="lead_days"><input name="lead_days" type="number" min={0} defaultValue={String(queue?.lead_days ?? 30)} /></Field>
        <Field label="wanted_precision"><input name="precision" type="number" min={50} max={100} step="0.1" defaultValue={String(Math.round(1000 * (queue?.precision ?? 0.9)) / 10)} /></Field>
      </div>
      <Tick name="hands_out" defaultChecked={queue?.hands_out ?? false}>{say("hands_out")}</Tick>
      <div class="acts"><button>{say("keep")}</button></div>
    </Form>
  );
}

const ROLES = ["rep", "technician", "lead", "admin"];
const roles = (): [string, string][] => ROLES.map((role) => [role, sayOf("role_", role)]);

function PeopleDesk() {
  const { me } = useHere();
  const read = useRead<Items<User>>("users");
  const admin = me.role === "admin";
  const [link, invite] = useState<{ name: string; address: string } | null>(null);
  return (
    <Shown read={read}>{({ items }) => (
      <>
        {link ? <p class="done" role="status">{say("invite_said", { name: link.name })}<br /><span class="codes">{link.address}</span></p> : null}
        {admin ? null : <p class="faint">{say("admin_only")}</p>}
        {items.map((user) => (
          <details class="card" key={user.name + user.version}>
            <summary>{user.full_name || user.name} · {sayOf("role_", user.role)}{user.active ? "" : " · " + say("inactive")}{user.away_until ? " · " + say("away", { day: day(user.away_until) }) : ""}</summary>
            {admin ? (
              <>
                <UserForm user={user} again={read.again} />
                <div class="acts"><Doing onDo={async () => invite({ name: user.name, address: `${location.origin}/#/invited/${(await post<{ word: string }>(`users/${user.name}/invitation`)).word}` })}>{say("invite")}</Doing></div>
              </>
            ) : <p>{user.name}{user.teams.length ? " · " + user.teams.join(", ") : ""}{user.skills.length ? " · " + user.skills.join(", ") : ""}</p>}
          </details>
        ))}
        {admin ? <details class="card" key={"new" + items.length}><summary>{say("new_user")}</summary><UserForm user={null} again={read.again} /></details> : null}
      </>
    )}</Shown>
  );
}

function UserForm({ user, again }: { user: User | null; again: () => Promise<void> }) {
  const { announce } = useHere();
  return (
    <Form onSend={async (given, _, data) => {
      const body = { role: given["role"], full_name: given["full_name"], teams: list(given["teams"]), skills: list(given["skills"]), active: data.has("active"), sees_contacts: data.has("sees_contacts") };
      await keep("users", user, given["name"], body);
      announce(say("kept"));
      await again();
    }}>
      <div class="row">
        {user ? null : <Field label="name"><input name="name" required maxLength={64} autocapitalize="none" /></Field>}
        <Field label="full_name"><input name="full_name" maxLength={200} defaultValue={user?.full_name ?? ""} /></Field>
        <Field label="role"><Choice name="role" value={user?.role ?? "rep"} options={roles()} /></Field>
        <Field label="teams"><input name="teams" defaultValue={user?.teams.join(", ") ?? ""} /></Field>
        <Field label="skills"><input name="skills" defaultValue={user?.skills.join(", ") ?? ""} /></Field>
      </div>
      <Tick name="active" defaultChecked={user?.active ?? true}>{say("active")}</Tick>
      <Tick name="sees_contacts" defaultChecked={user?.sees_contacts ?? false}>{say("sees_contacts")}</Tick>
      <div class="acts"><button>{say("keep")}</button></div>
    </Form>
  );
}

function WordsDesk() {
  const read = useRead<Items<Schemas["Synonym"]>>("synonyms");
  return (
    <>
      <p class="faint">{say("vocabulary_help")}</p>
      <Form onSend={async (given, form) => { await post("synonyms", { words: list(given["words"]), ...(given["from"] ? { from: list(given["from"]) } : {}) }); form.reset(); await read.again(); }}>
        <div class="row">
          <Field label="synonym_words"><input name="words" required maxLength={2000} /></Field>
          <Field label="synonym_from"><input name="from" maxLength={2000} /></Field>
          <div class="acts"><button class="quiet">{say("add")}</button></div>
        </div>
      </Form>
      <Shown read={read} empty={({ items }) => (items.length ? null : <Empty>{say("no_synonyms")}</Empty>)}>{({ items }) => (
        <ul class="plain-list">{items.map((each) => <li key={each.id}>{each.from.length ? each.from.join(", ") + " → " : ""}{each.words.join(" = ")} <Doing onDo={async () => { await remove("synonyms/" + each.id); await read.again(); }}>{say("remove")}</Doing></li>)}</ul>
      )}</Shown>
    </>
  );
}

function InVain() {
  const read = useRead<Items<Schemas["EmptySearch"]>>("empty-searches?limit=100");
  return (
    <>
      <p class="faint">{say("in_vain_help")}</p>
      <Shown read={read} empty={({ items }) => (items.length ? null : <Empty>{say("nothing_in_vain")}</Empty>)}>{({ items }) => (
        <Wide><table>
          <thead><tr><th scope="col">{say("query")}</th><th scope="col" class="figure">{say("times")}</th><th scope="col">{say("last")}</th></tr></thead>
          <tbody>{items.map((each) => <tr><td><a href={href("search", "", { q: each.query })}>{each.query}</a></td><td class="figure">{number(each.times)}</td><td>{moment(each.last_at)}</td></tr>)}</tbody>
        </table></Wide>
      )}</Shown>
    </>
  );
}

interface Outcome { line: number; status: "kept" | "known" | "refused"; id?: number; errors?: { pointer: string; detail: string }[] }
const MEMBERS = ["client", "body", "title", "kind", "author", "recorded_at", "contacts", "tags", "industry", "key"];

// A file of records; a CSV's columns are matched to members first. The answer comes line by line while it is read.
function Imports() {
  const [file, take] = useState<File | null>(null);
  const [columns, name] = useState<string[]>([]);
  const [map, match] = useState<Record<string, string>>({});
  const [counts, count] = useState<{ kept: number; known: number; refused: number } | null>(null);
  const [refused, list] = useState<Outcome[]>([]);
  const [running, run] = useState(false);
  const isCsv = file?.name.endsWith(".csv") ?? false;
  const choose = async (chosen: File | undefined) => {
    take(chosen ?? null);
    count(null);
    list([]);
    if (!chosen?.name.endsWith(".csv")) return name([]);
    const head = (await chosen.slice(0, 8192).text()).split(/\r?\n/)[0] ?? "";
    const found = head.replace(/^\ufeff/, "").split(head.includes(";") && !head.includes(",") ? ";" : ",").map((each) => each.replace(/^"|"$/g, "").trim());
    name(found);
    match(Object.fromEntries(MEMBERS.map((member) => [member, found.find((column) => column.toLowerCase() === member) ?? ""])));
  };
  return (
    <Form onSend={async (_, __, data) => {
      if (!file) return;
      const query = new URLSearchParams();
      if (data.has("create_clients")) query.set("create_clients", "true");
      if (data.has("dry_run")) query.set("dry_run", "true");
      if (isCsv) for (const [member, column] of Object.entries(map)) if (column && column !== member) query.append("map", `${member}:${column}`);
      run(true);
      const sum = { kept: 0, known: 0, refused: 0 }, wrong: Outcome[] = [];
      try {
        const response = await fetch("/api/v1/imports?" + query, { method: "POST", headers: { "Content-Type": isCsv ? "text/csv" : "application/x-ndjson" }, body: file });
        if (!response.ok || !response.body) { const said = await response.json(); throw new Problem(response.status, said.detail, said.errors); }
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (let rest = ""; ;) {
          const { value, done } = await reader.read();
          const lines = (rest + (value ?? "")).split("\n");
          rest = done ? "" : lines.pop()!;
          for (const line of lines) {
            if (!line.trim()) continue;
            const outcome = JSON.parse(line) as Outcome;
            if (!(outcome.status in sum)) continue;
            ++sum[outcome.status];
            if (outcome.status === "refused" && wrong.length < 50) wrong.push(outcome);
          }
          count({ ...sum });
          list([...wrong]);
          if (done) break;
        }
      } catch (error) {
        if (error instanceof Problem) throw error;
        throw new Problem(0, say("offline"));
      } finally {
        run(false);
      }
    }}>
      <p class="faint">{say("imports_help")}</p>
      <Field label="file"><input type="file" accept=".csv,.ndjson,.jsonl" required onChange={(event) => void choose(event.currentTarget.files?.[0])} /></Field>
      {columns.length ? <div class="row">{MEMBERS.map((member) => <label class="field"><span>{member}</span><Choice value={map[member] ?? ""} options={[["", "–"], ...columns.map((column): [string, string] => [column, column])]} onChange={(event) => match({ ...map, [member]: event.currentTarget.value })} /></label>)}</div> : null}
      <Tick name="create_clients">{say("create_clients")}</Tick>
      <Tick name="dry_run" defaultChecked>{say("dry_run")}</Tick>
      <div class="acts"><button disabled={running || !file}>{say("import")}</button></div>
      <div role="status">{counts ? <p>{running ? say("importing") + " " : ""}{say("imported", { kept: counts.kept, known: counts.known, refused: counts.refused })}</p> : null}</div>
      {refused.length ? <ul class="plain-list">{refused.map((each) => <li class="wrong">{say("line", { n: each.line })}: {each.errors?.map((error) => `${error.pointer} ${error.detail}`).join("; ")}</li>)}</ul> : null}
    </Form>
  );
}

function Webhooks() {
  const read = useRead<Items<Schemas["Webhook"]>>("webhooks");
  const [secret, show] = useState("");
  return (
    <>
      <p class="faint">{say("webhooks_help")}</p>
      {secret ? <p class="done">{say("secret_once")}<br /><span class="codes">{secret}</span></p> : null}
      <Form onSend={async (given, form) => { show((await post<Schemas["NewWebhook"]>("webhooks", { title: given["title"], url: given["url"], kinds: list(given["kinds"]) })).secret); form.reset(); await read.again(); }}>
        <div class="row">
          <Field label="title_short"><input name="title" required maxLength={200} /></Field>
          <Field label="address"><input name="url" type="url" required maxLength={2000} /></Field>
          <Field label="event_kinds" help="insight.*, work.answered"><input name="kinds" required defaultValue="*" /></Field>
          <div class="acts"><button class="quiet">{say("add")}</button></div>
        </div>
      </Form>
      <Shown read={read} empty={({ items }) => (items.length ? null : <Empty>{say("no_webhooks")}</Empty>)}>{({ items }) => items.map((each) => (
        <article class="card" key={each.id}>
          <h2>{each.title}</h2>
          <p>{each.url} · {each.kinds.join(", ")} · {say(each.enabled ? "enabled" : "disabled")}</p>
          <p class="faint">{Object.entries(each.counts ?? {}).map(([state, count]) => `${sayOf("delivery_", state)} ${number(count as number)}`).join(" · ")}</p>
          <div class="acts">
            <Doing onDo={async () => { await patch("webhooks/" + each.id, each.version, { enabled: !each.enabled }); await read.again(); }}>{say(each.enabled ? "disable" : "enable")}</Doing>
            <Doing onDo={async () => { await post(`webhooks/${each.id}/replay`); await read.again(); }}>{say("replay")}</Doing>
            <Doing onDo={async () => { await remove("webhooks/" + each.id); await read.again(); }}>{say("remove")}</Doing>
          </div>
        </article>
      ))}</Shown>
    </>
  );
}
