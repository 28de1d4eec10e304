// SPDX-License-Identifier: GPL-3.0-or-later
// Who is at the page, and what every view may ask of it.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { User } from "../api";
import type { Outbox } from "../offline/outbox";

export interface Here {
  me: User;
  outbox: Outbox;
  announce: (text: string) => void; // said aloud, and shown for some seconds
  leads: boolean;
  works: boolean; // may take work of queues
}

export const HereContext = createContext<Here>(null as unknown as Here);
export const useHere = () => useContext(HereContext);
