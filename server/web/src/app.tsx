// SPDX-License-Identifier: GPL-3.0-or-later
// The frame around every view: who is here, where one can go, what is on its way, and the keys.
import type { ComponentType } from "preact";
import { Suspense, lazy } from "preact/compat";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Address, go, href, useAddress } from "./address";
import { Problem, type User, call, get, onSignedOut } from "./api";
import { Outbox, useSendings } from "./offline/outbox";
import { forgetRead, readFor, reader } from "./offline/store";
import { HereContext } from "./parts/here";
import { Help } from "./parts/help";
import { Waiting, useRead } from "./parts/read";
import { InsightView } from "./views/insight";
import { Search } from "./views/search";
import { SignIn } from "./views/sign-in";
import { type Language, type Word, say, speak, spoken } from "./words/say";

// A view: its address, its name in the menu, who sees it there, and the key after `g`.
interface View {
  name: string;
  word: Word;
  key?: string;
  menu?: "main" | "more";
  for?: (here: { leads: boolean; works: boolean; me: User }) => boolean;
  show: ComponentType<{ address: Address }>;
}

const RENEWED = 60_000; // ms: what is missing still after that is missing

// A view in a file of its own. One that is not there any more belongs to an older version of the pages: the newer one comes
// with the page.
const later = (load: () => Promise<ComponentType<{ address: Address }>>) =>
  lazy(() => load().catch((error: unknown) => {
    if (Date.now() - Number(sessionStorage.getItem("renewed")) < RENEWED) throw error;
    sessionStorage.setItem("renewed", String(Date.now()));
    location.reload();
    return new Promise<never>(() => {});
  }));

const leads = (here: { leads: boolean }) => here.leads;
const VIEWS: View[] = [
  { name: "search", word: "search", key: "s", menu: "main", show: Search },
  { name: "log", word: "log", key: "l", menu: "main", show: later(() => import("./views/log").then((m) => m.Log)) },
  { name: "tell", word: "tell", key: "t", menu: "main", show: later(() => import("./views/my-day").then((m) => m.MyDay)) },
  { name: "queues", word: "queues", key: "q", menu: "main", show: later(() => import("./views/queues").then((m) => m.Queues)) },
  { name: "clients", word: "clients", key: "c", menu: "main", show: later(() => import("./views/clients").then((m) => m.Clients)) },
  { name: "attention", word: "attention", key: "a", menu: "more", show: later(() => import("./views/attention").then((m) => m.Attention)) },
  { name: "outlook", word: "outlook", key: "o", menu: "more", show: later(() => import("./views/outlook").then((m) => m.Outlook)) },
  { name: "report", word: "report", menu: "more", for: leads, show: later(() => import("./views/report").then((m) => m.Report)) },
  { name: "routing", word: "routing", key: "r", menu: "more", for: leads, show: later(() => import("./views/routing").then((m) => m.Routing)) },
  { name: "desk", word: "desk", menu: "more", for: leads, show: later(() => import("./views/desk").then((m) => m.Desk)) },
  { name: "news", word: "news", key: "n", menu: "more", show: later(() => import("./views/news").then((m) => m.News)) },
  { name: "outbox", word: "outbox", menu: "more", show: later(() => import("./views/outbox").then((m) => m.OutboxView)) },
  { name: "settings", word: "settings", menu: "more", show: later(() => import("./views/settings").then((m) => m.Settings)) },
  { name: "insight", word: "search", show: InsightView },
  { name: "client", word: "clients", show: later(() => import("./views/client").then((m) => m.ClientView)) },
];

// What the share sheet of a phone gives becomes the beginning of a note.
function takeShared() {
  const given = new URLSearchParams(location.search);
  const text = ["shared_title", "shared_text", "shared_url"].map((name) => given.get(name)).filter(Boolean).join("\n");
  if (text || given.has("shared_files")) history.replaceState(null, "", "/" + href("log", "", { text }));
}
takeShared();

// Who has signed in, as the server wrote it into the page; undefined in a page that the worker kept.
function written(): User | null | undefined {
  const element = document.getElementById("session");
  return element ? (JSON.parse(element.textContent ?? "null") as User | null) : undefined;
}

// Who is here as far as one knows before the server is asked; undefined while that must be waited for.
function presumed(first: User | null | undefined): User | null | undefined {
  const last = reader();
  if (first === undefined) return last ?? undefined;
  return first && first.name !== last?.name ? undefined : first;
}

export function App() {
  const [first] = useState(written);
  const [me, setMe] = useState(() => presumed(first));
  const [language, setLanguage] = useState<Language>(spoken());
  const address = useAddress();
  // What was read belongs to who read it: it goes when they sign out, their sign-in ends, or somebody else comes.
  const enter = async (user: User) => {
    await readFor(user);
    setMe((before) => (JSON.stringify(before) === JSON.stringify(user) ? before : user));
  };
  const leave = async () => { await forgetRead(); setMe(null); };
  onSignedOut.call = () => void leave();
  useEffect(() => {
    speak(spoken());
    if (first !== undefined) void (first ? enter(first) : leave());
    else get<User>("session").then(enter, (problem) => { if (!me || !(problem instanceof Problem) || problem.status === 401) void leave(); });
  }, []);
  const change = () => {
    const next = language === "ru" ? "en" : "ru";
    speak(next);
    setLanguage(next);
    if (me) void call("PATCH", "users/" + me.name, { language: next }).catch(() => {});
  };
  const signOut = async () => { await call("DELETE", "session").catch(() => {}); await leave(); };
  if (me === undefined) return <Waiting />;
  if (!me || address.view === "invited")
    return <main class="door" key={language}><header class="door-top"><Mark /><button class="plain" lang={language === "ru" ? "en" : "ru"} onClick={change}>{say("language")}</button></header><SignIn address={address} onEnter={(user) => void enter(user)} /></main>;
  return <Frame key={language + me.name} me={me} address={address} onLanguage={change} onSignOut={signOut} />;
}

const Mark = () => <span class="mark"><img src="/mark.svg" alt="" width="24" height="24" /> Tidings</span>;

function Frame({ me, address, onLanguage, onSignOut }: { me: User; address: Address; onLanguage: () => void; onSignOut: () => Promise<void> }) {
  const [said, announce] = useState("");
  const [outbox] = useState(() => new Outbox(me.name));
  const [help, showHelp] = useState(false);
  const main = useRef<HTMLElement>(null);
  const here = { me, outbox, announce, leads: me.role === "lead" || me.role === "admin", works: me.role !== "rep" };
  const view = VIEWS.find((each) => each.name === address.view) ?? VIEWS[0]!;
  const seen = VIEWS.filter((each) => each.menu && (!each.for || each.for(here)));
  useEffect(() => () => outbox.close(), [outbox]);
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => announce(""), 6000);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => {
    document.title = say(view.word) + " · Tidings";
    if (!main.current?.contains(document.activeElement)) main.current?.focus();
  }, [view, address.rest]);
  useKeys(seen, () => showHelp((shown) => !shown));
  const link = (each: View) => <a href={href(each.name)} aria-current={each === view || (each.name === "clients" && view.name === "client") ? "page" : undefined}>{say(each.word)}{each.name === "outbox" ? <Waits outbox={outbox} /> : each.name === "news" ? <Unseen view={view.name} /> : null}</a>;
  const Show = view.show;
  return (
    <HereContext.Provider value={here}>
      <header class="top"><a class="skip" href={location.hash || "#/"} onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>{say("skip")}</a><Mark /><Network outbox={outbox} /></header>
      <nav class="menu" aria-label={say("menu")}>
        <div class="menu-main">{seen.filter((each) => each.menu === "main").map(link)}</div>
        <details class="menu-more" open={matchMedia("(min-width: 60rem)").matches}>
          <summary>{say("more_views")}</summary>
          <div>
            {seen.filter((each) => each.menu === "more").map(link)}
            <button class="plain" lang={spoken() === "ru" ? "en" : "ru"} onClick={onLanguage}>{say("language")}</button>
            <button class="plain" onClick={() => showHelp(true)}>{say("keys")} <kbd>?</kbd></button>
            <button class="plain" onClick={() => void onSignOut()}>{say("sign_out")} ({me.name})</button>
          </div>
        </details>
      </nav>
      <main ref={main} id="main" tabIndex={-1} class={"view-" + view.name}>
        <Suspense fallback={<Waiting />}><Show key={view.name} address={address} /></Suspense>
      </main>
      <p id="say" role="status" aria-live="polite">{said}</p>
      {help ? <Help onClose={() => showHelp(false)} /> : null}
    </HereContext.Provider>
  );
}

function Waits({ outbox }: { outbox: Outbox }) {
  const all = useSendings(outbox);
  return all.length ? <span class={"count" + (all.some((each) => each.refused) ? " bad" : "")}>{all.length}</span> : null;
}

// Counted anew in every view, and from time to time; not with every letter of a search.
function Unseen({ view }: { view: string }) {
  const { value, again } = useRead<{ unseen: number }>("notifications?limit=1");
  useEffect(() => { void again(); const timer = setInterval(again, 30000); return () => clearInterval(timer); }, [again, view]);
  return value?.unseen ? <span class="count">{value.unseen}</span> : null;
}

function Network({ outbox }: { outbox: Outbox }) {
  const [online, set] = useState(navigator.onLine);
  const all = useSendings(outbox);
  useEffect(() => {
    const look = () => set(navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => { removeEventListener("online", look); removeEventListener("offline", look); };
  }, []);
  const waiting = all.filter((each) => !each.refused).length, refused = all.length - waiting;
  return (
    <span class="network" role="status">
      {online ? "" : say("no_network")}{" "}
      {waiting ? <a href={href("outbox")}>{say("to_send", { n: waiting })}</a> : null}{" "}
      {refused ? <a class="wrong" href={href("outbox")}>{say("refused_some", { n: refused })}</a> : null}
    </span>
  );
}

// `/` searches, `?` helps, `g` and a letter goes to a view. The lists have keys of their own (parts/list.tsx).
function useKeys(seen: View[], help: () => void) {
  useEffect(() => {
    let went = 0;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest?.("input,textarea,select")) return;
      const view = Date.now() - went < 1500 && seen.find((each) => each.key === event.key);
      if (view) { event.preventDefault(); event.stopImmediatePropagation(); went = 0; go(href(view.name)); }
      else if (event.key === "g") went = Date.now();
      else if (event.key === "?") { event.preventDefault(); help(); }
      else if (event.key === "/") {
        event.preventDefault();
        const field = document.querySelector<HTMLInputElement>("input[type=search]");
        if (field) { field.focus(); field.select(); } else go(href("search"));
      }
    };
    addEventListener("keydown", pressed, { capture: true });
    return () => removeEventListener("keydown", pressed, { capture: true });
  }, [seen, help]);
}

