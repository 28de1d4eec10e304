-- SPDX-License-Identifier: GPL-3.0-or-later
-- The system of record. {id} is the dialect's own word for "a 64-bit number that the ledger gives".
-- Times are UTC milliseconds; days are text, YYYY-MM-DD; *_key columns hold the folded text that makes a name unique.

create table ledger (name text primary key, value text not null);

-- The feed: one row for each change, written in the change's own transaction. body_hash covers salt and body; hash covers
-- the row without them and the hash before, so that an erased body leaves the chain provable.
create table feed_head (id integer primary key check (id = 1), seq bigint not null, hash text not null);
insert into feed_head (id, seq, hash) values (1, 0, '');
create table event (
  seq bigint primary key, at bigint not null, actor text not null, kind text not null, subject text not null,
  body text, salt text, body_hash text not null, hash text not null
);
create index event_subject on event (subject, seq);

-- How far each follower that keeps its place in the ledger has come.
create table follower (name text primary key, seq bigint not null);

create table client (
  id {id}, version bigint not null, name text not null, name_key text not null unique, industry text not null,
  region text not null, revenue double precision, owner text not null, pinned integer not null, created_at bigint not null
);

create table contact (
  id {id}, version bigint not null, client bigint not null references client (id), name text not null,
  name_key text not null, role text not null, email text not null, phone text not null,
  reports_to bigint references contact (id), influence text not null, note text not null, left_on text,
  created_at bigint not null, unique (client, name_key)
);

create table insight (
  id {id}, version bigint not null, key text not null unique, digest text not null,
  client bigint not null references client (id), author text not null, recorded_at bigint not null,
  kept_at bigint not null, kind text not null, title text not null, body text not null, industry text not null,
  tags text not null, foreseen_from text, foreseen_to text, likelihood double precision, outcome text
);
create index insight_client on insight (client);
create index insight_author on insight (author);

create table insight_contact (
  insight bigint not null references insight (id), contact bigint not null references contact (id),
  place integer not null, primary key (insight, contact)
);
create index insight_contact_contact on insight_contact (contact);

create table queue (
  name text primary key, version bigint not null, title text not null, solves text not null, members text not null,
  wanted_precision double precision not null, goal_hours integer not null, lead_days integer not null
);
insert into queue (name, version, title, solves, members, wanted_precision, goal_hours, lead_days)
  values ('triage', 1, 'Triage', 'What the router is not sure of', '[]', 0.9, 24, 0);

create table rule (
  id {id}, version bigint not null, name text not null, query text not null, queue text not null references queue (name),
  place integer not null, enabled integer not null
);

-- standing is the order of work: priority, with a day of waiting worth one point (see server/routing/priority.h).
create table work (
  id {id}, version bigint not null, insight bigint not null unique references insight (id),
  queue text not null references queue (name), state text not null, priority double precision not null,
  standing double precision not null, route text not null, holder text not null, lease_until bigint,
  reason text not null, created_at bigint not null, changed_at bigint not null
);
create index work_next on work (queue, state, standing, id);
create index work_lease on work (state, lease_until);

create table answer (
  id {id}, work bigint not null references work (id), insight bigint not null references insight (id),
  body text not null, by_name text not null, at bigint not null
);
create index answer_insight on answer (insight);

create table telling (
  id {id}, work bigint not null references work (id), at bigint not null, whom text not null, reaction text not null,
  note text not null, by_name text not null
);
create index telling_work on telling (work);

create table users (
  name text primary key, version bigint not null, role text not null, full_name text not null, active integer not null,
  password text not null, created_at bigint not null
);

-- Tokens and session cookies are kept as digests: who reads the ledger cannot use them.
create table token (
  id {id}, name text not null, user_name text not null references users (name), digest text not null unique,
  created_at bigint not null
);
create table session (
  digest text primary key, user_name text not null references users (name), created_at bigint not null,
  expires_at bigint not null
);

-- Answers to requests that carried an Idempotency-Key, to be given again.
create table idempotency (
  actor text not null, key text not null, request text not null, status integer not null, body text not null,
  at bigint not null, primary key (actor, key)
);
create index idempotency_at on idempotency (at);
