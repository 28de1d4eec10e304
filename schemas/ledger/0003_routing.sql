-- SPDX-License-Identifier: GPL-3.0-or-later
-- How each piece of work was routed first, and whether a person corrected that: what rules and the learned router are
-- judged by. Work that came with its queue is not in it.
create table routing (
  work bigint primary key references work (id), queue text not null, decided_by text not null, rule bigint,
  confidence double precision, at bigint not null, corrected_to text, corrected_at bigint
);
create index routing_rule on routing (rule, at);
create index routing_corrected on routing (corrected_at);

alter table rule add column priority double precision not null default 0;
alter table rule add column tags text not null default '[]';
alter table rule add column notify text not null default '[]';
