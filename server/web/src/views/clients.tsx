// SPDX-License-Identifier: GPL-3.0-or-later
// All clients, found by a name; one's own first when nothing is asked.
import { useState } from "preact/hooks";
import { type Client, type Items, get } from "../api";
import { Field } from "../parts/form";
import { useHere } from "../parts/here";
import { More } from "../parts/list";
import { ToClient } from "../parts/notes";
import { Empty, Shown, useRead } from "../parts/read";
import { Wide } from "../parts/wide";
import { number, say } from "../words/say";

export function Clients() {
  const { me } = useHere();
  const [q, ask] = useState("");
  const [rest, add] = useState<{ of: string; items: Client[]; cursor: string | null }>({ of: "", items: [], cursor: null });
  const path = "clients?limit=200" + (q ? "&q=" + encodeURIComponent(q) : "");
  const read = useRead<Items<Client>>(path, true);
  const further = rest.of === path ? rest : { of: path, items: [], cursor: read.value?.cursor ?? null };
  const more = async () => {
    const page = await get<Items<Client>>(`${path}&cursor=${encodeURIComponent(further.cursor!)}`);
    add({ of: path, items: [...further.items, ...page.items], cursor: page.cursor ?? null });
  };
  return (
    <>
      <h1>{say("clients")}</h1>
      <Field label="find_client"><input type="search" value={q} maxLength={200} onInput={(event) => ask(event.currentTarget.value)} /></Field>
      <Shown read={read} empty={({ items }) => (items.length ? null : <Empty>{say("no_clients")}</Empty>)}>{({ items }) => {
        const all = [...items, ...further.items];
        const own = q ? [] : all.filter((each) => each.owner === me.name), others = q ? all : all.filter((each) => each.owner !== me.name);
        return (
          <>
            {own.length ? <><h2>{say("my_clients")}</h2><Table clients={own} /></> : null}
            {own.length && others.length ? <h2>{say("other_clients")}</h2> : null}
            {others.length ? <Table clients={others} /> : null}
            {further.cursor ? <More onMore={more} /> : null}
          </>
        );
      }}</Shown>
    </>
  );
}

const Table = ({ clients }: { clients: Client[] }) => (
  <Wide><table>
    <thead><tr><th scope="col">{say("client")}</th><th scope="col">{say("industry")}</th><th scope="col">{say("column_owner")}</th><th scope="col" class="figure">{say("revenue")}</th></tr></thead>
    <tbody>{clients.map((each) => <tr key={each.id}><td><ToClient client={each} /></td><td>{each.industry}</td><td>{each.owner}</td><td class="figure">{each.revenue === null ? "–" : number(each.revenue)}</td></tr>)}</tbody>
  </table></Wide>
);
