// SPDX-License-Identifier: GPL-3.0-or-later
// The server's API. The types come from schemas/openapi.yaml (npm run types).
import type { components } from "../generated/api";
import { keep, recall } from "./offline/store";
import { say, spoken } from "./words/say";

export type Schemas = components["schemas"];
export type Insight = Schemas["Insight"];
export type Work = Schemas["Work"];
export type Hit = Schemas["Hit"];
export type Hits = Schemas["Hits"];
export type Client = Schemas["Client"];
export type User = Schemas["User"];
export type Queue = Schemas["Queue"];
export type Answer = Schemas["Answer"];
export type Attachment = Schemas["Attachment"];
export type Items<T> = { items: T[]; cursor?: string | null };

// What the server refused, with the faults of each member; or, with status 0, that it could not be reached.
export class Problem extends Error {
  constructor(readonly status: number, message: string, readonly faults: { pointer: string; detail: string }[] = [], readonly code = "") { super(message); }
  get unreached() { return this.status === 0; }
  // Worth trying again as it is, later.
  get passing() { return this.status === 0 || this.status === 429 || this.status === 503 || this.status === 401; }
}

export const onSignedOut = { call: () => {} };

export async function call<T = unknown>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch("/api/v1/" + path, {
      method,
      headers: { "Accept-Language": spoken(), ...(body === undefined ? {} : { "Content-Type": body instanceof Blob ? "application/octet-stream" : "application/json" }), ...headers },
      body: body === undefined ? null : body instanceof Blob ? body : JSON.stringify(body),
      signal: signal ?? null,
    });
  } catch (error) {
    if (error instanceof DOMException) throw error;
    throw new Problem(0, say("offline"));
  }
  if (response.status === 401 && path !== "session") onSignedOut.call();
  const text = await response.text();
  const reply = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Problem(response.status, reply?.detail ?? response.statusText, reply?.errors ?? [], reply?.code ?? "");
  return reply as T;
}

export const get = <T>(path: string) => call<T>("GET", path);
export const post = <T = unknown>(path: string, body: unknown = {}, headers: Record<string, string> = {}) => call<T>("POST", path, body, headers);
export const patch = <T = unknown>(path: string, version: number, body: unknown) => call<T>("PATCH", path, body, { "If-Match": `"v${version}"` });
export const put = (path: string, body: unknown) => call("PUT", path, body);
export const remove = (path: string) => call("DELETE", path);

// What is read, and since when it is known if the server cannot be reached now.
export async function getKept<T>(path: string): Promise<{ value: T; asOf: string | null }> {
  try {
    const value = await get<T>(path);
    void keep(path, value);
    return { value, asOf: null };
  } catch (error) {
    if (!(error instanceof Problem) || !(error.unreached || error.status === 503)) throw error;
    const kept = await recall<T>(path);
    if (!kept) throw error;
    return { value: kept.value, asOf: kept.at };
  }
}

export const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
