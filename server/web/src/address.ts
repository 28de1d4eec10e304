// SPDX-License-Identifier: GPL-3.0-or-later
// The address bar holds where one is: #/VIEW/REST?QUERY.
import { useEffect, useState } from "preact/hooks";

export interface Address {
  view: string;
  rest: string;
  query: URLSearchParams;
}

export function read(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view = "", ...rest] = path.split("/");
  return { view, rest: decodeURIComponent(rest.join("/")), query: new URLSearchParams(query) };
}

export function href(view: string, rest: string | number = "", query: Record<string, string> | URLSearchParams = {}) {
  const asked = new URLSearchParams(query).toString();
  return `#/${view}${rest === "" ? "" : "/" + encodeURIComponent(rest)}${asked ? "?" + asked : ""}`;
}

export const go = (where: string) => { location.hash = where; };
// The same, without a step to go back to: for what is typed.
export const slide = (where: string) => { history.replaceState(null, "", where); dispatchEvent(new HashChangeEvent("hashchange")); };

export function useAddress(): Address {
  const [hash, set] = useState(location.hash);
  useEffect(() => {
    const moved = () => set(location.hash);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return read(hash);
}
