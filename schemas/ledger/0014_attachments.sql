-- SPDX-License-Identifier: GPL-3.0-or-later
-- Files that belong to an insight, their bytes last so that lists do not read them; and what somebody has begun to write and
-- not sent, for them alone.
create table attachment (
  id {id}, insight bigint not null references insight (id), name text not null, type text not null, size bigint not null,
  hash text not null, by_name text not null, at bigint not null, bytes blob not null
);
create index attachment_insight on attachment (insight);
create table unsent (id {id}, user_name text not null, name text not null, text text not null, at bigint not null, unique (user_name, name));
