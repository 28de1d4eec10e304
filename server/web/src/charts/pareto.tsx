// SPDX-License-Identifier: GPL-3.0-or-later
// Which few clients bring most of the business? Shares as bars, the sum so far as a line, the key clients in colour.
import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";
import { href } from "../address";
import type { Schemas } from "../api";
import { percent, say } from "../words/say";
import { Chart } from "./chart";

const HEIGHT = 260, LEFT = 44, BOTTOM = 24;

export function Pareto({ keys }: { keys: Schemas["KeyClients"] }) {
  const items = keys.items.slice(0, 60);
  const y = scaleLinear([0, 1], [HEIGHT - BOTTOM, 8]);
  const most = Math.max(...items.map((each) => each.share), 0.01), bar = scaleLinear([0, most], [0, (HEIGHT - BOTTOM - 8) * 0.6]);
  return (
    <Chart title={say("pareto_title")} name="key-clients" table={{ columns: [say("client"), say("share_of_revenue"), say("so_far")], rows: items.map((each) => [each.client.name, percent(each.share), percent(each.so_far)]) }}>{(width) => {
      const x = scaleLinear([0, items.length], [LEFT, width]), sum = line<(typeof items)[number]>((_, index) => x(index + 0.5), (each) => y(each.so_far));
      return (
        <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="group" aria-label={say("pareto_says", { n: keys.key, share: percent(keys.share) })}>
          {[0, 0.2, 0.4, 0.6, 0.8, 1].map((tick) => <g class="axis"><line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} /><text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">{percent(tick)}</text></g>)}
          <line class="goal" x1={LEFT} x2={width} y1={y(keys.share)} y2={y(keys.share)} />
          {items.map((each, index) => (
            <a href={href("client", each.client.id)} aria-label={`${each.client.name}: ${percent(each.share)}`}>
              <rect class={each.key ? "bar key" : "bar"} x={x(index) + 1} width={Math.max(2, x(1) - x(0) - 2)} y={HEIGHT - BOTTOM - bar(each.share)} height={Math.max(1, bar(each.share))}><title>{each.client.name}: {percent(each.share)}, {say("so_far")} {percent(each.so_far)}</title></rect>
            </a>
          ))}
          <path class="sum" d={sum(items) ?? ""} />
          <text class="note" x={width - 4} y={HEIGHT - 6} text-anchor="end">{say("pareto_says", { n: keys.key, share: percent(keys.share) })}</text>
        </svg>
      );
    }}</Chart>
  );
}
