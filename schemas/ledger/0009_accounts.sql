-- SPDX-License-Identifier: GPL-3.0-or-later
-- What keeps accounts: who knows whom, what clients bring and when they signed, which questions about them are answered.

-- company_group: clients of one group count as one witness. quiet_*: somebody decided not to be reminded until then.
alter table client add column domain text not null default '';
alter table client add column company_group text not null default '';
alter table client add column quiet_until text;
alter table client add column quiet_reason text not null default '';
alter table client add column quiet_by text not null default '';
create index client_domain on client (domain);

-- person: the first contact of the same human being, who may have worked for several clients. plans: what they mean to do
-- within twelve months, as of plans_on.
alter table contact add column person bigint references contact (id);
alter table contact add column began_on text;
alter table contact add column plans text not null default '';
alter table contact add column plans_on text;
create index contact_person on contact (person);
create index contact_email on contact (email);

-- Other names that a client was known by, folded.
create table client_alias (name_key text primary key, client bigint not null references client (id));

create table revenue (
  client bigint not null references client (id), year integer not null, amount double precision not null,
  primary key (client, year)
);

create table deal (
  id {id}, version bigint not null, client bigint not null references client (id), title text not null,
  signed_on text not null, value double precision, created_at bigint not null, unique (client, signed_on, title)
);

create table tie (
  id {id}, contact bigint not null references contact (id), other bigint not null references contact (id),
  kind text not null, note text not null, by_name text not null, at bigint not null, unique (contact, other, kind)
);
create index tie_other on tie (other);

-- Who of us knows a contact, by their own word; notes show the rest.
create table acquaintance (
  contact bigint not null references contact (id), user_name text not null, since text not null,
  primary key (contact, user_name)
);

-- What a note is thought to say about a question of schemas/vocabulary/questions.json. contact: whom the question is about,
-- where it is about one.
create table finding (
  id {id}, client bigint not null references client (id), contact bigint references contact (id), question text not null,
  insight bigint references insight (id), sentence text not null, said_on text not null, state text not null,
  by_name text not null, at bigint not null
);
create index finding_client on finding (client, question, state);
create index finding_insight on finding (insight);

-- A note that says that a contact went. made: what confirming it made, so that it can be undone.
create table departure (
  id {id}, insight bigint not null references insight (id), contact bigint not null references contact (id),
  to_client text not null, left_on text not null, sentence text not null, state text not null, made text not null,
  by_name text not null, at bigint not null, unique (insight, contact)
);
create index departure_state on departure (state, id);

-- A foreseen change as a person gathered it: insights that hold any of the terms.
create table theme (
  id {id}, version bigint not null, title text not null, terms text not null, by_name text not null,
  created_at bigint not null
);

create table setting (name text primary key, value text not null);

create index insight_client_time on insight (client, recorded_at, id);
create index insight_kind_time on insight (kind, recorded_at);
