-- SPDX-License-Identifier: GPL-3.0-or-later
-- Who can take what and when, what the client was asked, who is looking, what was escalated, and how long an answer is good.
alter table users add column skills text not null default '[]';
alter table users add column open_limit integer;
alter table users add column away_until text;
alter table users add column email text not null default '';
alter table users add column language text not null default 'en';
alter table users add column working text not null default '{}';
alter table users add column mails text not null default '[]';
alter table users add column digest integer not null default 0;
-- When they were given work last: whose turn it is.
alter table users add column given_at bigint not null default 0;

alter table queue add column hands_out integer not null default 0;
alter table queue add column review_days integer not null default 365;
alter table queue add column ask_again_days integer not null default 14;
alter table queue add column escalations text not null default '[]';

-- asked: a question to the client is open. last_holder: whose lease ended by itself last. came_from: the queue that it was
-- escalated from. weighing: the parts of its priority, as of weighed_at.
alter table work add column reroutes integer not null default 0;
alter table work add column asked integer not null default 0;
alter table work add column askings text not null default '[]';
alter table work add column last_holder text not null default '';
alter table work add column came_from text not null default '';
alter table work add column weighing text not null default '{}';
alter table work add column weighed_at bigint not null default 0;
create index work_weighed on work (state, weighed_at);
create index work_holder on work (holder, state);

-- Who looks at a piece of work right now; forgotten when it ends.
create table looking (work bigint not null references work (id), user_name text not null, until bigint not null, primary key (work, user_name));

-- Each escalation happens once while work is in its queue (queued_at tells rounds apart).
create table escalated (
  work bigint not null references work (id), queued_at bigint not null, what text not null, at bigint not null,
  primary key (work, queued_at, what)
);

-- Answers are knowledge: to be looked at again on review_on, which repeating does not push back; flagged by who doubts them.
alter table answer add column review_on text;
alter table answer add column flagged_by text not null default '';
alter table answer add column flagged_at bigint;
alter table answer add column flag text not null default '';
update answer set review_on = (select date(min(a.at) / 1000, 'unixepoch', '+365 days') from answer a where a.id = coalesce(answer.repeats, answer.id));
create index answer_review on answer (review_on);

-- When what was foreseen came about.
alter table insight add column happened_on text;
create index insight_foreseen on insight (foreseen_to, outcome);

-- For what is still to do: clients without a reaction, and whether somebody was asked about it.
create index telling_reaction on telling (reaction, at);
create index notification_insight on notification (insight);
