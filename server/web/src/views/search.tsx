// SPDX-License-Identifier: GPL-3.0-or-later
// Search as you type, with the list on one side and the chosen insight on the other; the address holds all of it.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { type Address, go, href, read, slide } from "../address";
import { type Hits, type Items, Problem, type Schemas, get, post, remove } from "../api";
import { Doing } from "../parts/form";
import { useHere } from "../parts/here";
import { Growing, More, useWalk } from "../parts/list";
import { HitCard } from "../parts/notes";
import { Empty, Trouble, Waiting, useChanges, useRead } from "../parts/read";
import { type Word, languageName, number, say, sayOf } from "../words/say";
import { InsightPage } from "./insight";

const FACETS = ["kind", "client", "state", "queue", "industry", "language", "year"];
const PAGE = 20;
const STILL = 250; // ms for which the first hit is the same: it is shown beside the list
const WAIT = 60;   // ms after a key: how the word may go on is asked for; what was found comes first
const REST = 600;  // ms after the last key: the last word is a whole one, and may be corrected

export function Search({ address }: { address: Address }) {
  const { query } = address;
  const [found, set] = useState<Hits | null>(null);
  const [problem, fail] = useState<Problem | null>(null);
  const [chosen, choose] = useState(-1);
  const [late, setLate] = useState(false);
  const [wide, setWide] = useState(matchMedia("(min-width: 75rem)").matches);
  const asked = new URLSearchParams(query);
  asked.delete("at");
  const key = asked.toString();
  const stop = useRef(new AbortController());

  useEffect(() => {
    const wideness = matchMedia("(min-width: 75rem)");
    const look = () => setWide(wideness.matches);
    wideness.addEventListener("change", look);
    return () => wideness.removeEventListener("change", look);
  }, []);

  const ask = (cursor: string | null) => {
    const parameters = new URLSearchParams(key);
    parameters.set("limit", String(PAGE));
    parameters.set("explain", "true");
    // While one types, the counts of before stand: they cost more than the hits.
    if (cursor) parameters.set("cursor", cursor); else if (!parameters.has("typing")) parameters.set("facets", FACETS.join(","));
    return get<Hits>("search?" + parameters);
  };
  // Before the frame is drawn, not after it: a letter waits for nothing.
  useLayoutEffect(() => {
    stop.current.abort();
    const mine = (stop.current = new AbortController());
    const slow = setTimeout(() => setLate(true), 400);
    ask(null).then((page) => { if (!mine.signal.aborted) { set((before) => ({ ...page, facets: Object.keys(page.facets).length ? page.facets : before?.facets ?? {} })); fail(null); choose(-1); } }, (error) => { if (error instanceof Problem && !mine.signal.aborted) fail(error); })
      .finally(() => { clearTimeout(slow); if (!mine.signal.aborted) setLate(false); });
    return () => { clearTimeout(slow); mine.abort(); };
  }, [key]);
  const more = async () => {
    if (!found?.cursor) return;
    const page = await ask(found.cursor);
    set({ ...page, facets: found.facets, hits: [...found.hits, ...page.hits] });
  };
  const latest = useRef(more);
  latest.current = more;
  useChanges(async () => { if (!query.get("q") && chosen < 0 && scrollY < 200) { const page = await ask(null); set(page); } });
  const hits = found ? [...found.hits, ...(found.nearest?.hits ?? [])] : [];
  useWalk(hits.length, chosen, choose, { Enter: (index) => hits[index] && go(href("insight", hits[index]!.id)) });
  // Not drawn anew with every letter, but with what it finds.
  const list = useMemo(() => found && (
    <Growing all={found.hits} rest={<>
      {found.nearest ? <><p>{say("nearest")}</p>{found.nearest.hits.map((hit, index) => <HitCard key={hit.id} hit={hit} chosen={found.hits.length + index === chosen} {...(wide ? { onChoose: () => choose(found.hits.length + index) } : {})} />)}</> : null}
      {found.cursor ? <More onMore={() => latest.current()} /> : null}
    </>}>{(hit, index) => <HitCard key={hit.id} hit={hit} chosen={index === chosen} {...(wide ? { onChoose: () => choose(index) } : {})} />}</Growing>
  ), [found, chosen, wide]);
  const preview = useSettled(wide ? hits[chosen < 0 ? 0 : chosen]?.id : undefined, chosen < 0 ? STILL : 0);

  return (
    <div class={wide ? "split" : ""}>
      <section class="split-list" aria-label={say("search")}>
        <h1 class="quiet-title">{say("search")}</h1>
        <Ask query={query} />
        <Saved query={query} />
        {problem ? <Trouble problem={problem} /> : null}
        {found === null ? (problem ? null : <Waiting />) : (
          <div class={late ? "late" : ""} aria-busy={late}>
            <p class="faint" role="status">{say(found.total.relation === "exact" ? "found" : "found_more", { n: found.total.value })}</p>
            <Hints found={found} query={query} />
            <Narrow query={query} found={found} />
            {found.hits.length ? null : <Empty>{say("nothing")}</Empty>}
            {list}
          </div>
        )}
      </section>
      {wide ? <aside class="split-preview" aria-label={say("preview")}>{preview ? <InsightPage key={preview} id={preview} beside /> : <Empty>{say("choose_one")}</Empty>}</aside> : null}
    </div>
  );
}

// The value once it has been the same for so long.
function useSettled<T>(value: T, ms: number): T {
  const [settled, set] = useState(value);
  useEffect(() => { const timer = setTimeout(() => set(value), ms); return () => clearTimeout(timer); }, [value, ms]);
  return ms ? settled : value;
}

// The next of -1 (none) … count - 1, round and round.
const turned = (at: number, step: number, count: number) => ((at + 1 + step + count + 1) % (count + 1)) - 1;

// The field, with how the words may go on; a list as the ARIA pattern of a combobox has it.
function Ask({ query }: { query: URLSearchParams }) {
  const q = query.get("q") ?? "";
  const [typed, type] = useState(q);
  const [options, offer] = useState<Schemas["Suggestion"][]>([]);
  const [at, move] = useState(-1);
  const timer = useRef(0);
  const turn = useRef(0);
  // As the address is by now: more may have been typed since this was drawn.
  useEffect(() => { type(read(location.hash).query.get("q") ?? ""); }, [q]);
  const search = (text: string, settled: boolean) => {
    const next = new URLSearchParams(query);
    next.delete("literal");
    if (text) next.set("q", text); else next.delete("q");
    if (settled) next.delete("typing"); else next.set("typing", "true");
    slide(href("search", "", next));
  };
  const onType = (text: string) => {
    type(text);
    move(-1);
    clearTimeout(timer.current);
    ++turn.current;
    search(text, false);
    timer.current = window.setTimeout(() => {
      complete(text);
      timer.current = window.setTimeout(() => search(text, true), REST);
    }, WAIT);
  };
  const complete = (text: string) => {
    if (!text.trim()) return offer([]);
    const mine = ++turn.current;
    get<Items<Schemas["Suggestion"]>>("suggest?" + new URLSearchParams({ q: text })).then(({ items }) => { if (mine === turn.current) offer(items.slice(0, 8)); }, () => {});
  };
  const take = (text: string) => { clearTimeout(timer.current); ++turn.current; type(text); offer([]); move(-1); search(text, true); };
  return (
    <form role="search" class="ask" onSubmit={(event) => { event.preventDefault(); take(options[at]?.text ?? typed); }}>
      <label class="field"><span>{say("search_for")}</span>
        <input type="search" name="q" value={typed} placeholder={say("search_hint")} autocomplete="off" autocapitalize="none" spellcheck={false} maxLength={1000} autofocus
          role="combobox" aria-expanded={options.length > 0} aria-controls="completions" aria-autocomplete="list" aria-activedescendant={at >= 0 ? "completion-" + at : undefined}
          onInput={(event) => onType(event.currentTarget.value)} onBlur={() => setTimeout(() => offer([]), 150)}
          onKeyDown={(event) => {
            if (event.key === "Escape") { if (options.length) { event.preventDefault(); offer([]); } else event.currentTarget.blur(); }
            else if (event.key === "ArrowDown" || event.key === "ArrowUp") { if (options.length) { event.preventDefault(); move(turned(at, event.key === "ArrowDown" ? 1 : -1, options.length)); } }
          }} />
      </label>
      <ul id="completions" role="listbox" aria-label={say("completions")} hidden={options.length === 0}>
        {options.map((option, index) => (
          <li id={"completion-" + index} role="option" aria-selected={index === at} onPointerDown={(event) => { event.preventDefault(); take(option.text); }}>{option.text} <span class="faint">{option.kind === "word" ? "" : sayOf("", option.kind)}</span></li>
        ))}
      </ul>
    </form>
  );
}

function Hints({ found, query }: { found: Hits; query: URLSearchParams }) {
  const meant = found.corrections.filter((each) => each.instead).map((each) => each.meant).join(" ");
  const perhaps = found.corrections.filter((each) => !each.instead);
  const literal = new URLSearchParams(query);
  literal.set("literal", "true");
  return (
    <>
      {found.incomplete ? <p class="wrong">{say("incomplete")}</p> : null}
      {found.in_time ? null : <p class="wrong">{say("out_of_time")}</p>}
      {meant ? <p>{say("showing", { words: meant })} <a href={href("search", "", literal)}>{say("as_typed", { words: query.get("q") ?? "" })}</a></p> : null}
      {perhaps.length ? <p>{say("perhaps_meant")} {perhaps.map((each) => <a href={href("search", "", { q: (query.get("q") ?? "").replace(each.typed, each.meant) })}>{each.meant}</a>)}</p> : null}
      {found.hints.map((hint) => <p class="faint">{hint}</p>)}
    </>
  );
}

// The choices within the results: each adds to or is taken from the address. Made when they are opened.
function Narrow({ query, found }: { query: URLSearchParams; found: Hits }) {
  const [open, set] = useState(FACETS.some((name) => query.has(name)));
  return (
    <details class="narrow" open={open} onToggle={(event) => set(event.currentTarget.open)}>
      <summary>{say("narrow")}</summary>
      {open ? <Choices query={query} found={found} /> : null}
    </details>
  );
}

function Choices({ query, found }: { query: URLSearchParams; found: Hits }) {
  const text = (name: string, value: string) => (name === "language" ? languageName(value) ?? say("unknown") : sayOf("", value));
  const sort = query.get("sort") ?? "";
  return (
    <>
      {FACETS.filter((name) => (found.facets[name]?.length ?? 0) > 1 || query.has(name)).map((name) => (
        <p><span class="faint">{say((name === "language" ? "in_language" : name) as Word)}: </span>
          {(found.facets[name] ?? []).slice(0, 8).map(({ value, count }) => {
            const on = query.getAll(name).includes(value);
            const next = new URLSearchParams([...query].filter(([each, its]) => each !== name || its !== value));
            if (!on) next.append(name, value);
            return <a class="chip" href={href("search", "", next)} aria-current={on ? "true" : undefined}>{text(name, value)} <span class="faint">{number(count)}</span></a>;
          })}
        </p>
      ))}
      <p><span class="faint">{say("sort")}: </span>{(["", "newest", "foreseen"] as const).map((each) => {
        const next = new URLSearchParams(query);
        if (each) next.set("sort", each); else next.delete("sort");
        return <a class="chip" href={href("search", "", next)} aria-current={sort === each ? "true" : undefined}>{say(each ? (`sort_${each}` as Word) : "sort_best")}</a>;
      })}</p>
    </>
  );
}

// Searches that tell when they find something new: the bell keeps this one, the others are a step away.
function Saved({ query }: { query: URLSearchParams }) {
  const { me, announce } = useHere();
  const read = useRead<Items<Schemas["SavedSearch"]>>("saved-searches");
  const own = read.value?.items.filter((each) => each.owner === me.name) ?? [];
  const q = query.get("q") ?? "";
  const known = own.find((each) => each.query === q);
  return (
    <p class="saved">
      {own.slice(0, 8).map((each) => <a class="chip" href={href("search", "", { q: each.query })} aria-current={each.query === q ? "true" : undefined}>{each.title}</a>)}
      {known ? <Doing kind="plain" onDo={async () => { await remove("saved-searches/" + known.id); await read.again(); announce(say("bell_off_said")); }}>{say("bell_off")}</Doing>
        : q ? <Doing kind="plain" onDo={async () => { await post("saved-searches", { title: q.slice(0, 100), query: q }); await read.again(); announce(say("bell_on_said")); }}>{say("bell_on")}</Doing> : null}
    </p>
  );
}

