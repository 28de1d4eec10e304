// SPDX-License-Identifier: GPL-3.0-or-later
import { once } from "node:events";

// Asks a process to end and waits until it is gone, so that nobody writes into its folder any more.
export async function end(process) {
  if (!process || process.exitCode !== null || process.signalCode !== null) return;
  const gone = once(process, "exit");
  process.kill("SIGTERM");
  await gone;
}
