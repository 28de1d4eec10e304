-- SPDX-License-Identifier: GPL-3.0-or-later
-- What goes out: webhooks with their outbox, mail, and secret addresses of calendars.
create table webhook (
  id {id}, version bigint not null, title text not null, url text not null, kinds text not null, enabled integer not null,
  secret text not null, old_secret text not null, old_until bigint not null, created_at bigint not null
);

-- The kinds of events that a webhook wants: "work.answer", "work.*" or "*".
create table webhook_kind (webhook bigint not null references webhook (id), kind text not null, primary key (webhook, kind));

-- The outbox: written with the event itself. Only where to; what, is read from the feed when it is sent.
create table delivery (
  id {id}, webhook bigint not null references webhook (id), event bigint not null references event (seq), state text not null,
  attempts integer not null, next_at bigint not null, status integer, error text not null, created_at bigint not null,
  done_at bigint
);
create index delivery_due on delivery (state, next_at);
create index delivery_webhook on delivery (webhook, id);

-- How far somebody's notices were mailed, when, and in which week the last summary came; sending_until: somebody is at it.
create table mailed (
  user_name text primary key references users (name), until bigint not null, at bigint not null, week bigint not null,
  sending_until bigint not null
);

create table calendar_address (user_name text primary key references users (name), digest text not null unique);
