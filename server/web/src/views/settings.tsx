// SPDX-License-Identifier: GPL-3.0-or-later
// One's own: absence, mail, calendar, where one is signed in, the second factor, tokens.
import { useState } from "preact/hooks";
import { type Items, type Schemas, type User, call, post, remove } from "../api";
import { Choice, Doing, Field, Form, Tick } from "../parts/form";
import { useHere } from "../parts/here";
import { Shown, useRead } from "../parts/read";
import { moment, say, sayOf } from "../words/say";

const MAILS = ["assigned", "asked", "replied", "answered", "declined", "unsolved", "left_lying", "departed", "escalated", "lease_ending", "ask_again", "outcome", "found", "solvable", "flagged", "mended", "routed", "lease_ended"];

export function Settings() {
  const { me, announce } = useHere();
  const read = useRead<User>("users/" + me.name);
  const [address, set] = useState("");
  return (
    <div class="narrow-page">
      <h1>{say("settings")}</h1>
      <Shown read={read}>{(user) => (
        <Form onSend={async (_, __, data) => {
          await call("PATCH", "users/" + me.name, { away_until: data.get("away_until") || null, email: data.get("email"), language: data.get("language"), mails: data.getAll("mails"), digest: data.has("digest") });
          announce(say("kept"));
          await read.again();
        }}>
          <div class="row">
            <Field label="away_until"><input name="away_until" type="date" defaultValue={user.away_until ?? ""} /></Field>
            <Field label="email"><input name="email" type="email" defaultValue={user.email} /></Field>
            <Field label="mail_language"><Choice name="language" value={user.language} options={[["en", "English"], ["ru", "Русский"]]} /></Field>
          </div>
          <fieldset><legend>{say("mail_me")}</legend>{MAILS.map((kind) => <Tick name="mails" value={kind} defaultChecked={user.mails.includes(kind)}>{sayOf("news_", kind)}</Tick>)}</fieldset>
          <Tick name="digest" value="1" defaultChecked={user.digest}>{say("weekly")}</Tick>
          <div class="acts"><button>{say("keep")}</button></div>
        </Form>
      )}</Shown>
      <h2>{say("calendar")}</h2>
      <p class="faint">{say("calendar_help")}</p>
      {address ? <p class="body">{address}</p> : null}
      <div class="acts"><Doing onDo={async () => set(location.origin + (await post<{ path: string }>("calendar")).path)}>{say("calendar_new")}</Doing></div>
      <SignIns />
      <SecondFactor />
      <Tokens />
    </div>
  );
}

function SignIns() {
  const { me } = useHere();
  const read = useRead<Items<{ id: number; user: string; seen_at: string; address: string; agent: string }>>("sessions");
  return (
    <>
      <h2>{say("signed_in_at")}</h2>
      <Shown read={read}>{({ items }) => <ul class="plain-list">{items.filter((each) => each.user === me.name).map((each) => <li key={each.id}>{moment(each.seen_at)} · {each.address} · <span class="faint">{each.agent}</span> <Doing onDo={async () => { await remove("sessions/" + each.id); await read.again(); }}>{say("end_sign_in")}</Doing></li>)}</ul>}</Shown>
    </>
  );
}

function SecondFactor() {
  const { me, announce } = useHere();
  const [begun, begin] = useState<{ secret: string; uri: string } | null>(null);
  const [recovery, show] = useState<string[]>([]);
  return (
    <>
      <h2>{say("second_factor")}</h2>
      {recovery.length ? <><p>{say("recovery_help")}</p><ul class="codes">{recovery.map((each) => <li>{each}</li>)}</ul></>
        : begun ? (
          <>
            <p>{say("second_help")}</p>
            <p class="body"><a href={begun.uri}>{begun.secret}</a></p>
            <Form onSend={async (given) => { show((await post<{ recovery: string[] }>("session/second-factor/confirm", { code: given["code"] })).recovery); begin(null); }}>
              <Field label="second_code"><input name="code" autocomplete="one-time-code" required /></Field>
              <div class="acts"><button>{say("keep")}</button></div>
            </Form>
          </>
        ) : null}
      <div class="acts"><Doing onDo={async () => begin(await post("session/second-factor"))}>{say("second_begin")}</Doing></div>
      <details>
        <summary>{say("second_remove")}</summary>
        <Form onSend={async (given, form) => { await call("DELETE", `users/${me.name}/second-factor`, { code: given["code"] }); form.reset(); announce(say("kept")); }}>
          <Field label="second_code" help={say("second_remove_help")}><input name="code" autocomplete="one-time-code" required maxLength={20} /></Field>
          <div class="acts"><button class="quiet">{say("second_remove")}</button></div>
        </Form>
      </details>
    </>
  );
}

function Tokens() {
  const { me } = useHere();
  const read = useRead<Items<Schemas["Token"]>>("tokens");
  const [made, show] = useState("");
  return (
    <>
      <h2>{say("tokens")}</h2>
      <p class="faint">{say("tokens_help")}</p>
      {made ? <p class="body codes">{made}</p> : null}
      <Shown read={read}>{({ items }) => <ul class="plain-list">{items.filter((each) => each.user === me.name).map((each) => <li key={each.id}>{each.name} · {sayOf("scope_", each.scope)}{each.expires_at ? " · " + say("until", { when: moment(each.expires_at) }) : ""} <Doing onDo={async () => { await remove("tokens/" + each.id); await read.again(); }}>{say("remove")}</Doing></li>)}</ul>}</Shown>
      <Form onSend={async (given, form) => { show((await post<{ token: string }>("tokens", { name: given["name"], scope: given["scope"] })).token); form.reset(); await read.again(); }}>
        <div class="row">
          <Field label="name"><input name="name" required maxLength={200} /></Field>
          <Field label="scope"><Choice name="scope" options={["read", "log", "all"].map((each): [string, string] => [each, sayOf("scope_", each)])} /></Field>
          <div class="acts"><button class="quiet">{say("make_token")}</button></div>
        </div>
      </Form>
    </>
  );
}
