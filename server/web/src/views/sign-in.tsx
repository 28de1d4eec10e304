// SPDX-License-Identifier: GPL-3.0-or-later
// The door: a name and a password, a code where one is asked, the company's own account; or the link of an invitation.
import { useEffect, useRef, useState } from "preact/hooks";
import { type Address, go } from "../address";
import { Problem, type User, post } from "../api";
import { Field, Form, filled } from "../parts/form";
import { useRead } from "../parts/read";
import { say } from "../words/say";

export function SignIn({ address, onEnter }: { address: Address; onEnter: (user: User) => void }) {
  if (address.view === "invited") return <Invited word={address.rest} onEnter={onEnter} />;
  return <Door onEnter={onEnter} />;
}

// Asks for the second factor's code once the server wants one.
function useCode() {
  const [asked, ask] = useState(false);
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => { if (asked) code.current?.focus(); }, [asked]);
  const enter = async (path: string, body: object) => {
    try {
      return await post<User>(path, body);
    } catch (problem) {
      if (!(problem instanceof Problem && problem.faults.some((fault) => fault.pointer === "/code") && !asked)) throw problem;
      ask(true);
      return null;
    }
  };
  return { enter, field: asked ? <Field label="second_code"><input ref={code} name="code" autocomplete="one-time-code" maxLength={20} /></Field> : null };
}

function Door({ onEnter }: { onEnter: (user: User) => void }) {
  const ways = useRead<{ password: boolean; open_id: boolean }>("session/ways");
  const code = useCode();
  return (
    <>
      <h1>{say("sign_in")}</h1>
      {new URLSearchParams(location.search).has("refused") ? <p class="wrong" role="alert">{say("not_let_in")}</p> : null}
      {ways.value?.open_id ? <p><a class="button" href="/api/v1/session/open-id">{say("sign_in_open_id")}</a></p> : null}
      <Form onSend={async (given) => { const user = await code.enter("session", filled(given)); if (user) onEnter(user); }}>
        <Field label="name"><input name="name" autocomplete="username" autocapitalize="none" required /></Field>
        <Field label="password"><input name="password" type="password" autocomplete="current-password" required /></Field>
        {code.field}
        <div class="acts"><button>{say("sign_in")}</button></div>
      </Form>
    </>
  );
}

function Invited({ word, onEnter }: { word: string; onEnter: (user: User) => void }) {
  const code = useCode();
  return (
    <>
      <h1>{say("welcome")}</h1>
      <Form onSend={async (given) => { const user = await code.enter("invitations", { word, ...filled(given) }); if (user) { go("#/"); onEnter(user); } }}>
        <Field label="new_password" help={say("ten_letters")}><input name="password" type="password" autocomplete="new-password" minLength={10} required /></Field>
        {code.field}
        <div class="acts"><button>{say("sign_in")}</button></div>
      </Form>
    </>
  );
}
