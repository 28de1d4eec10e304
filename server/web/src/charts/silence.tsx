// SPDX-License-Identifier: GPL-3.0-or-later
// Who is silent longer than they usually are? Each client's days since the last talk against its own rhythm.
import { scaleSqrt } from "d3-scale";
import { href } from "../address";
import type { Schemas } from "../api";
import { number, say } from "../words/say";
import { Chart, rowsFor } from "./chart";

const ROW = 26, NAMES = 190, RIGHT = 24;

export function Silence({ items, usual }: { items: Schemas["Attention"]["items"]; usual: number }) {
  const shown = items.filter((each) => each.last).slice(0, 15);
  if (!shown.length) return null;
  const most = Math.max(...shown.map((each) => Math.max(each.days, each.rhythm ?? usual)));
  return (
    <Chart title={say("silence_title")} name="silence" table={{ columns: [say("client"), say("column_days"), say("column_rhythm")], rows: shown.map((each) => [each.client.name, each.days, Math.round(each.rhythm ?? usual)]) }}>{(width) => {
      const row = rowsFor(shown.map((each) => each.client.name), width, NAMES, ROW), height = shown.length * row.height + 24;
      const x = scaleSqrt([0, most], [row.left, width - RIGHT]).nice();
      return (
        <>
          <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={say("silence_title")}>
            {x.ticks(Math.round(width / 120)).map((tick) => <g class="axis"><line x1={x(tick)} x2={x(tick)} y1={0} y2={height - 20} /><text x={x(tick)} y={height - 6} text-anchor="middle">{number(tick)}</text></g>)}
            {shown.map((each, index) => {
              const top = index * row.height, y = top + row.middle, rhythm = each.rhythm ?? usual, over = each.days > rhythm;
              return (
                <a href={href("client", each.client.id)} aria-label={`${each.client.name}: ${say("silent_days", { n: each.days, usual: Math.round(rhythm) })}`}>
                  <title>{each.client.name}: {say("silent_days", { n: each.days, usual: Math.round(rhythm) })}</title>
                  <text class="label" {...row.name} y={top + row.line}>{each.client.name}</text>
                  <line class={over ? "stretch over" : "stretch"} x1={x(0)} x2={x(each.days)} y1={y} y2={y} />
                  <line class="rhythm" x1={x(rhythm)} x2={x(rhythm)} y1={y - 8} y2={y + 8} />
                  <circle class={over ? "now over" : "now"} cx={x(each.days)} cy={y} r="5" />
                </a>
              );
            })}
          </svg>
          <p class="faint">{say("silence_key")}</p>
        </>
      );
    }}</Chart>
  );
}
