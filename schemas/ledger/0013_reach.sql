-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who reaches what (indexer/ledger/reach.h): clients of a team, confidential insights. version counts every change of it.
alter table client add column team text not null default '';
alter table insight add column confidential integer not null default 0;
create index insight_confidential on insight (confidential, id) where confidential = 1;
alter table users add column teams text not null default '[]';
alter table users add column sees_contacts integer not null default 0;
create table reach (id integer primary key check (id = 1), version bigint not null);
insert into reach (id, version) values (1, 1);
