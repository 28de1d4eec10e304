-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who is signed in where, since when and until when; what else proves who somebody is; what tokens may do and how long.
create table sign_in (
  id {id}, digest text not null unique, user_name text not null references users (name), created_at bigint not null,
  seen_at bigint not null, expires_at bigint not null, address text not null, agent text not null
);
create index sign_in_user on sign_in (user_name);
insert into sign_in (digest, user_name, created_at, seen_at, expires_at, address, agent)
  select digest, user_name, created_at, created_at, expires_at, '', '' from session;
drop table session;

alter table token add column scope text not null default 'all';
alter table token add column expires_at bigint;

-- A link by which somebody sets a password of their own, once.
create table invitation (digest text primary key, user_name text not null references users (name), expires_at bigint not null);

-- last_step: the latest time step whose code was used; none is taken twice. recovery: digests of codes for a lost device.
create table second_factor (
  user_name text primary key references users (name), secret text not null, confirmed integer not null,
  last_step bigint not null, recovery text not null
);
