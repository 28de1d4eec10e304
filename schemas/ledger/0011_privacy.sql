-- SPDX-License-Identifier: GPL-3.0-or-later
-- Whose data was erased, by number alone, so that a restored older copy can be cleaned again; whose words were removed when
-- their time was over; and who looked at what on which day.
create table erasure (contact bigint primary key, at bigint not null, by_name text not null);

alter table insight add column removed_at bigint;
create index insight_removed on insight (removed_at, kind, recorded_at);

create table access (
  user_name text not null, subject text not null, day text not null, times bigint not null, last_at bigint not null,
  primary key (subject, day, user_name)
);
create index access_user on access (user_name, day);
create index access_day on access (day);
