// SPDX-License-Identifier: GPL-3.0-or-later
// Who knows whom there, and who is missing? Our people on one side of each bond, theirs on the other, ghosts dashed.
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationLinkDatum, type SimulationNodeDatum } from "d3-force";
import { useMemo } from "preact/hooks";
import { href } from "../address";
import type { Schemas } from "../api";
import { day, number, say, sayOf } from "../words/say";
import { Chart } from "./chart";

const HEIGHT = 380, STEPS = 200;
interface Node extends SimulationNodeDatum { id: string; name: string; role: string; kind: "us" | "them" | "ghost"; contact?: number; share: number; gone: boolean }
interface Link extends SimulationLinkDatum<Node> { kind: "bond" | "reports" | "tie"; weight: number; title: string }

// How much of what we know of the client came from each contact.
const sharesOf = (map: Schemas["PeopleMap"]) => new Map(map.dependence.contacts.map((each) => [each.contact.id, each.share]));

export function People({ map }: { map: Schemas["PeopleMap"] }) {
  if (!map.contacts.length) return null;
  const share = sharesOf(map);
  return (
    <Chart title={say("people_title", { client: map.client.name })} name={"people-" + map.client.id} table={{ columns: [say("contact"), say("role"), say("known_by"), say("column_contact_share")], rows: map.contacts.map((each) => [each.name, each.role, map.bonds.filter((bond) => bond.contact === each.id).map((bond) => bond.user).join(", "), number(100 * (share.get(each.id) ?? 0)) + " %"]) }}>
      {(width) => <><Net map={map} width={width} /><p class="faint">{say("people_key")}</p></>}
    </Chart>
  );
}

function Net({ map, width }: { map: Schemas["PeopleMap"]; width: number }) {
  const { nodes, links } = useMemo(() => {
    const share = sharesOf(map);
    const nodes: Node[] = map.contacts.map((each) => ({ id: "c" + each.id, name: each.name, role: each.role, kind: "them", contact: each.id, share: share.get(each.id) ?? 0, gone: Boolean(each.left_on), x: width * 0.6, y: HEIGHT / 2 }));
    for (const user of new Set(map.bonds.map((bond) => bond.user))) nodes.push({ id: "u" + user, name: user, role: "", kind: "us", share: 0, gone: false, x: width * 0.2, y: HEIGHT / 2 });
    const links: Link[] = [];
    const known = new Set(nodes.map((each) => each.id));
    const join = (source: string, target: string, kind: Link["kind"], weight: number, title: string) => { if (known.has(source) && known.has(target)) links.push({ source, target, kind, weight, title }); };
    map.ghosts.forEach((ghost, index) => {
      if (ghost.why !== "superior" && ghost.why !== "decider") return;
      const id = "g" + index;
      nodes.push({ id, name: "?", role: ghost.role || sayOf("ghost_role_", ghost.why), kind: "ghost", share: 0, gone: false });
      known.add(id);
      if (ghost.contact) join("c" + ghost.contact, id, "reports", 1, "");
    });
    for (const bond of map.bonds) join("u" + bond.user, "c" + bond.contact, "bond", bond.strength, `${bond.user}: ${bond.last ? day(bond.last) : ""}`);
    for (const each of map.contacts) if (each.reports_to) join("c" + each.id, "c" + each.reports_to, "reports", 1, say("reports_to"));
    for (const tie of map.ties) join("c" + tie.contact, "c" + tie.other, "tie", 1, sayOf("tie_", tie.kind));
    const side = { us: width * 0.16, them: width * 0.6, ghost: width * 0.75 };
    forceSimulation(nodes).force("charge", forceManyBody().strength(-260)).force("link", forceLink<Node, Link>(links).id((each) => each.id).distance(90).strength(0.3))
      .force("x", forceX<Node>((each) => side[each.kind]).strength(0.25)).force("y", forceY(HEIGHT / 2).strength(0.12)).force("apart", forceCollide(38)).stop().tick(STEPS);
    for (const node of nodes) { node.x = Math.min(width - 70, Math.max(50, node.x!)); node.y = Math.min(HEIGHT - 34, Math.max(22, node.y!)); }
    return { nodes, links };
  }, [map, width]);
  const strongest = Math.max(...links.map((each) => each.weight), 0.01);
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} role="group" aria-label={say("people_title", { client: map.client.name })}>
      {links.map((each) => { const [a, b] = [each.source as Node, each.target as Node]; return <line class={"link " + each.kind} x1={a.x} y1={a.y} x2={b.x} y2={b.y} stroke-width={each.kind === "bond" ? 1 + (5 * each.weight) / strongest : 1.5}><title>{each.title}</title></line>; })}
      {nodes.map((each) => {
        const mark = <><circle class={`node ${each.kind}${each.gone ? " gone" : ""}`} cx={each.x} cy={each.y} r={each.kind === "us" ? 9 : 9 + 14 * Math.sqrt(each.share)}><title>{each.name}{each.role ? ", " + each.role : ""}</title></circle><text class="label" x={each.x} y={each.y! + 26} text-anchor="middle">{each.name}</text></>;
        const role = each.role ? <text class="note" x={each.x} y={each.y! + 39} text-anchor="middle">{each.role.slice(0, 24)}</text> : null;
        return each.contact ? <g><a href={href("search", "", { q: `contact:"${each.name}"`, client: map.client.name })} aria-label={each.name + (each.role ? ", " + each.role : "")}>{mark}</a>{role}</g> : <g>{mark}{role}</g>;
      })}
    </svg>
  );
}
