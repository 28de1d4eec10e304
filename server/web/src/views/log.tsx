// SPDX-License-Identifier: GPL-3.0-or-later
// Logging in half a minute: one field, and what it says by itself as chips to accept or change. It works without a
// network, and nothing that was typed is lost.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Address, href } from "../address";
import { type Client, type Insight, type Items, type Schemas, get, getKept, post } from "../api";
import { type NamedFile, draftFiles, draft as recallDraft, keepDraft, keepFiles } from "../offline/store";
import { FilePicker, Picked } from "../parts/files";
import { Area, Choice, Field, Tick, list, useDeed } from "../parts/form";
import { useHere } from "../parts/here";
import { Snippet, ToInsight } from "../parts/notes";
import { type Kind, kindOf, namedIn, peopleIn, tagsOf } from "../reading/draft";
import { readLikelihood, readWindow } from "../reading/window";
import { day, percent, say, sayOf } from "../words/say";

interface Draft {
  body: string;
  client?: string; // chosen or typed; else what the note names
  kind?: Kind;
  title?: string;
  contacts?: string[];
  tags?: string[];
  foreseen?: { from: string; to: string; likelihood?: number } | null; // null: none, whatever the note says
  confidential?: boolean;
}

const KINDS: Kind[] = ["problem", "change", "people", "other"];
const LIKELIHOODS = [0.2, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];
const today = () => new Date().toISOString().slice(0, 10);

export function Log({ address }: { address: Address }) {
  const { me, outbox, announce } = useHere();
  const name = "log " + me.name;
  const [draft, set] = useState<Draft>(() => {
    const { query } = address, before = recallDraft<Draft>(name), text = query.get("text"), of = query.get("client");
    return { body: "", ...before, ...(text ? { body: text } : {}), ...(of ? { client: of } : {}) };
  });
  const [clients, know] = useState<Client[]>([]);
  const [contacts, meet] = useState<Schemas["Contact"][]>([]);
  const [preview, see] = useState<Schemas["Preview"] | null>(null);
  const [question, ask] = useState("");
  const [kept, done] = useState<{ id?: number; client: string } | null>(null);
  const [files, setFiles] = useState<NamedFile[]>([]);
  const pick = (all: NamedFile[]) => { setFiles(all); void keepFiles(name, all); };
  // What was chosen before, and what a phone's share sheet gave.
  useEffect(() => void Promise.all([draftFiles(name), draftFiles("shared")]).then(([before, shared]) => {
    setFiles([...before, ...shared]);
    if (shared.length) { void keepFiles(name, [...before, ...shared]); void keepFiles("shared", []); }
  }), [name]);
  const deed = useDeed();
  const field = useRef<HTMLDivElement>(null);

  const readClients = () => void getKept<Items<Client>>("clients?limit=200").then(({ value }) => know(value.items), () => {});
  useEffect(readClients, [name]);
  const change = (more: Partial<Draft>) => set((before) => { const now = { ...before, ...more }; keepDraft(name, now); return now; });

  const body = draft.body;
  const read = useMemo(() => {
    const foreseen = readWindow(body, today());
    return { client: namedIn(body, clients)[0]?.name, foreseen, likelihood: foreseen ? readLikelihood(body) : null, kind: kindOf(body, foreseen !== null), people: peopleIn(body, contacts).map((each) => each.name) };
  }, [body, clients, contacts]);
  const client = draft.client ?? read.client ?? "";
  const known = clients.find((each) => each.name.toLowerCase() === client.trim().toLowerCase());
  const kind = draft.kind ?? read.kind;
  const foreseen = draft.foreseen !== undefined ? draft.foreseen : read.foreseen ? { from: read.foreseen.from, to: read.foreseen.to, ...(read.likelihood !== null ? { likelihood: read.likelihood } : {}) } : null;
  const who = draft.contacts ?? read.people;
  const tags = draft.tags ?? [];

  // More clients than the page keeps are asked for by what was typed.
  useEffect(() => {
    if (!draft.client || known) return;
    const timer = setTimeout(() => void get<Items<Client>>("clients?limit=10&q=" + encodeURIComponent(draft.client ?? "")).then(({ items }) => know((all) => [...all, ...items.filter((each) => !all.some((other) => other.id === each.id))]), () => {}), 200);
    return () => clearTimeout(timer);
  }, [draft.client, known]);
  useEffect(() => {
    meet([]);
    ask("");
    if (!known) return;
    void getKept<Items<Schemas["Contact"]>>(`clients/${known.id}/contacts`).then(({ value }) => meet(value.items), () => {});
    void getKept<{ ask: { text: string } | null }>(`clients/${known.id}/questions/next`).then(({ value }) => ask(value.ask?.text ?? ""), () => {});
  }, [known?.id]);
  // What is alike, and where it would go, while one types.
  useEffect(() => {
    if (body.trim().length < 12) return see(null);
    const timer = setTimeout(() => void post<Schemas["Preview"]>("insights/preview", { client: client || "?", body, kind, ...(draft.title ? { title: draft.title } : {}) }).then(see, () => see(null)), 400);
    return () => clearTimeout(timer);
  }, [body, client, kind]);

  const proposedTags = preview ? tagsOf(preview.similar, tags) : [];
  const save = () => deed.run(async () => {
    const note = { client: client.trim(), kind, body: body.trim(), ...(draft.title ? { title: draft.title } : {}), ...(who.length ? { contacts: who } : {}), ...(tags.length ? { tags } : {}), ...(foreseen ? { foreseen } : {}), ...(draft.confidential ? { confidential: true } : {}) };
    const title = client.trim() + ": " + body.trim().slice(0, 80);
    if (!known) await outbox.add(say("add_client") + ": " + client.trim(), "POST", "clients", { name: client.trim() }, { already: true });
    const insight = await outbox.add<Insight>(title, "POST", "insights", note, files.length ? { files } : {});
    keepDraft(name, null);
    pick([]);
    set({ body: "" });
    done(insight ? { id: insight.id, client: client.trim() } : { client: client.trim() });
    announce(insight ? say("saved", { id: String(insight.id) }) : say("saved_later"));
    readClients();
    field.current?.querySelector("textarea")?.focus();
  });

  return (
    <div class="narrow-page" ref={field}>
      <h1>{say("log_title")}</h1>
      {kept ? <p class="done" role="status">{kept.id ? <ToInsight id={kept.id}>{say("saved", { id: String(kept.id) })}</ToInsight> : say("saved_later")}</p> : null}
      <form onSubmit={(event) => { event.preventDefault(); void save(); }}>
        <Field label="body" help={say("body_help")}>
          <Area name="body" required autofocus rows={4} maxLength={20000} value={body} onInput={(event) => change({ body: event.currentTarget.value })} onKeyDown={(event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit(); }} />
        </Field>
        <div class="acts">
          <Speak onHeard={(text) => change({ body: (body ? body.trimEnd() + " " : "") + text })} />
          <FilePicker onPick={(more) => pick([...files, ...more])} />
        </div>
        <Picked files={files} onChange={pick} />
        <Field label="client" help={say("client_help")}>
          <input name="client" list="clients" autocomplete="off" required maxLength={200} value={client} onInput={(event) => change({ client: event.currentTarget.value })} />
        </Field>
        <datalist id="clients">{clients.map((each) => <option value={each.name} />)}</datalist>
        {client.trim() && !known ? <p class="hint" role="status">{say("new_client", { name: client.trim() })}</p> : null}
        {question ? <p class="hint" role="status">{say("ask_next", { question })}</p> : null}

        <fieldset class="chips"><legend>{say("kind")}</legend>
          {KINDS.map((each) => <label class="chip"><input type="radio" name="kind" value={each} checked={kind === each} onChange={() => change({ kind: each })} />{sayOf("", each)}</label>)}
        </fieldset>
        {contacts.length || who.length ? (
          <fieldset class="chips"><legend>{say("who_said")}</legend>
            {[...new Set([...contacts.filter((each) => !each.left_on).map((each) => each.name), ...who])].slice(0, 12).map((each) => <label class="chip"><input type="checkbox" checked={who.includes(each)} onChange={(event) => change({ contacts: event.currentTarget.checked ? [...who, each] : who.filter((other) => other !== each) })} />{each}</label>)}
          </fieldset>
        ) : null}
        {foreseen ? (
          <fieldset class="chips"><legend>{say("foreseen")}</legend>
            <span class="chip on">{day(foreseen.from)} – {day(foreseen.to)}{foreseen.likelihood !== undefined ? " · " + percent(foreseen.likelihood) : ""}{read.foreseen && draft.foreseen === undefined ? <span class="faint"> “{read.foreseen.words}”</span> : null} <button type="button" class="plain" aria-label={say("remove_foreseen")} onClick={() => change({ foreseen: null })}>×</button></span>
          </fieldset>
        ) : null}
        {tags.length || proposedTags.length ? (
          <fieldset class="chips"><legend>{say("tags_short")}</legend>
            {tags.map((tag) => <span class="chip on">{tag} <button type="button" class="plain" aria-label={say("remove_tag", { tag })} onClick={() => change({ tags: tags.filter((each) => each !== tag) })}>×</button></span>)}
            {proposedTags.map((tag) => <button type="button" class="chip" onClick={() => change({ tags: [...tags, tag] })}>+ {tag}</button>)}
          </fieldset>
        ) : null}
        <details>
          <summary>{say("more_fields")}</summary>
          <div class="row">
            <Field label="title"><input name="title" maxLength={250} value={draft.title ?? ""} onInput={(event) => change({ title: event.currentTarget.value })} /></Field>
            <Field label="contacts"><input name="contacts" value={(draft.contacts ?? read.people).join(", ")} onChange={(event) => change({ contacts: list(event.currentTarget.value) })} /></Field>
            <Field label="tags"><input name="tags" value={tags.join(", ")} onChange={(event) => change({ tags: list(event.currentTarget.value) })} /></Field>
          </div>
          <div class="row">
            <Field label="foreseen_from"><input type="date" value={foreseen?.from ?? ""} onChange={(event) => change({ foreseen: event.currentTarget.value ? { ...foreseen, from: event.currentTarget.value, to: foreseen && foreseen.to >= event.currentTarget.value ? foreseen.to : event.currentTarget.value } : null })} /></Field>
            <Field label="foreseen_to"><input type="date" min={foreseen?.from} value={foreseen?.to ?? ""} disabled={!foreseen} onChange={(event) => foreseen && change({ foreseen: { ...foreseen, to: event.currentTarget.value || foreseen.from } })} /></Field>
            <Field label="likelihood"><Choice disabled={!foreseen} value={foreseen?.likelihood === undefined ? "" : String(foreseen.likelihood)} options={[["", "–"], ...[...new Set([...LIKELIHOODS, ...(foreseen?.likelihood === undefined ? [] : [foreseen.likelihood])])].map((each): [string, string] => [String(each), percent(each)])]}
              onChange={(event) => { if (!foreseen) return; const { likelihood: _, ...window } = foreseen; change({ foreseen: event.currentTarget.value ? { ...window, likelihood: Number(event.currentTarget.value) } : window }); }} /></Field>
          </div>
          <Tick checked={draft.confidential ?? false} onChange={(event) => change({ confidential: event.currentTarget.checked })}>{say("confidential_tick")}</Tick>
        </details>
        <div class="acts"><button disabled={deed.busy}>{say("save")}</button>{preview ? <span class="faint">{say("will_go_to", { queue: preview.route.queue })}</span> : null}</div>
        {deed.trouble}
      </form>
      {preview?.similar.length ? (
        <section class="alike" aria-label={say("known_already")}>
          <h2>{say("known_already")}</h2>
          {preview.similar.slice(0, 4).map((each) => (
            <article class={"card " + each.as}>
              <p><ToInsight id={each.id}>{each.client.name}</ToInsight> <span class="tag">{sayOf("as_", each.as)}</span> <span class="faint">{day(each.recorded_at)}</span></p>
              <p><Snippet html={each.snippet} /></p>
              {each.answer ? <blockquote>{each.answer}</blockquote> : null}
            </article>
          ))}
        </section>
      ) : null}
      <p class="faint"><a href={href("outbox")}>{say("outbox")}</a></p>
    </div>
  );
}

// Speaking instead of typing, where the browser can listen.
interface Listener { lang: string; continuous: boolean; onresult: (event: { results: ArrayLike<ArrayLike<{ transcript: string }>>; resultIndex: number }) => void; onend: () => void; start(): void; stop(): void }
function Speak({ onHeard }: { onHeard: (text: string) => void }) {
  const Recognition = (window as unknown as { SpeechRecognition?: new () => Listener; webkitSpeechRecognition?: new () => Listener }).SpeechRecognition ?? (window as unknown as { webkitSpeechRecognition?: new () => Listener }).webkitSpeechRecognition;
  const [listening, set] = useState<Listener | null>(null);
  const heard = useRef(onHeard);
  heard.current = onHeard;
  if (!Recognition) return null;
  const toggle = () => {
    if (listening) return listening.stop();
    const listener = new Recognition();
    listener.lang = document.documentElement.lang === "ru" ? "ru-RU" : "en-GB";
    listener.continuous = true;
    listener.onresult = (event) => { for (let i = event.resultIndex; i < event.results.length; ++i) heard.current(event.results[i]![0]!.transcript.trim()); };
    listener.onend = () => set(null);
    listener.start();
    set(listener);
  };
  return <button type="button" class="quiet" aria-pressed={listening !== null} onClick={toggle}>{say(listening ? "stop_listening" : "speak")}</button>;
}
