-- What searching leaves behind: synonyms, saved searches, what they found for whom, and what was looked for in vain.
create table synonym (
  id {id}, version bigint not null, from_words text not null, words text not null
);

-- audience is a user ("user:anna"), all of a role ("role:rep") or all who work a queue ("queue:pumps").
create table saved_search (
  id {id}, version bigint not null, title text not null, query text not null, audience text not null,
  owner text not null, created_at bigint not null
);
create index saved_search_owner on saved_search (owner);

-- reason tells apart what may be told of one insight more than once; nobody is told the same thing twice.
create table notification (
  id {id}, user_name text not null, at bigint not null, kind text not null, insight bigint not null,
  reason text not null, detail text not null, seen_at bigint, unique (user_name, insight, reason)
);
create index notification_user on notification (user_name, id);

-- Without the person.
create table empty_search (
  query text primary key, times bigint not null, last_at bigint not null
);

create table past_query (
  user_name text not null, query text not null, times bigint not null, last_at bigint not null,
  primary key (user_name, query)
);
