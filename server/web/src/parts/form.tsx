// SPDX-License-Identifier: GPL-3.0-or-later
// Forms: fields with their labels, and sending that says what went wrong without losing what was typed.
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Problem } from "../api";
import { type Word, say } from "../words/say";
import { Trouble } from "./read";

export const Field = ({ label, help, children }: { label: Word; help?: string; children: ComponentChildren }) => (
  <label class="field"><span>{say(label)}{help ? <small> · {help}</small> : null}</span>{children}</label>
);

export const Tick = ({ children, ...rest }: JSX.InputHTMLAttributes<HTMLInputElement>) => <label class="tick"><input type="checkbox" {...rest} /> {children}</label>;

// Grows with what is written.
export function Area({ onInput, ...rest }: JSX.TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const grow = (area: HTMLTextAreaElement | null) => {
    if (!area) return;
    area.style.height = "auto";
    area.style.height = Math.min(area.scrollHeight + 2, innerHeight * 0.6) + "px";
  };
  return <textarea ref={grow} {...rest} onInput={(event) => { grow(event.currentTarget); onInput?.(event); }} />;
}

export const Choice = ({ options, ...rest }: JSX.SelectHTMLAttributes<HTMLSelectElement> & { options: [string, string][] }) => (
  <select {...rest}>{options.map(([value, text]) => <option value={value} selected={value === rest.value}>{text}</option>)}</select>
);

export type Values = Record<string, string>;
export const values = (form: HTMLFormElement) => Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string")) as Values;
export const filled = (all: Values) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== "")) as Values;
export const list = (text: string | undefined) => (text ?? "").split(",").map((each) => each.trim()).filter(Boolean);

// What one does and what may come of it: `run` says what went wrong by itself; nothing is done twice at once.
export function useDeed() {
  const [problem, set] = useState<Problem | null>(null);
  const [busy, hold] = useState(false);
  const busyNow = useRef(false);
  const run = async (deed: () => Promise<unknown>) => {
    if (busyNow.current) return;
    busyNow.current = true;
    hold(true);
    set(null);
    try {
      await deed();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      set(error);
    } finally {
      busyNow.current = false;
      hold(false);
    }
  };
  return { run, busy, problem, trouble: problem ? <Trouble problem={problem} /> : null };
}

// A form whose submit is a deed. `onSend` gets the values, and the form to empty.
export function Form({ onSend, children, ...rest }: { onSend: (values: Values, form: HTMLFormElement, data: FormData) => Promise<unknown>; children: ComponentChildren } & Omit<JSX.FormHTMLAttributes<HTMLFormElement>, "onSubmit">) {
  const deed = useDeed();
  const send = (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget, given = values(form), data = new FormData(form), by = event.submitter as HTMLButtonElement | null;
    if (by?.name) given[by.name] = by.value;
    void deed.run(() => onSend(given, form, data));
  };
  return <form {...rest} onSubmit={send} aria-busy={deed.busy}>{children}{deed.trouble}</form>;
}

// A button whose click is a deed.
export function Doing({ onDo, children, kind = "quiet", ...rest }: { onDo: () => Promise<unknown>; kind?: "quiet" | "plain" | "" } & Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "onClick">) {
  const deed = useDeed();
  return <><button type="button" class={kind} disabled={deed.busy} {...rest} onClick={() => void deed.run(onDo)}>{children}</button>{deed.trouble}</>;
}
