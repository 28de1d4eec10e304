-- SPDX-License-Identifier: GPL-3.0-or-later
-- What was kept twice. The row that is merged into another stays, so that its name and its address still find the other,
-- and so that the merger can be undone.
alter table client add column merged_into bigint references client (id);
alter table contact add column merged_into bigint references contact (id);

-- what: client or contact. moved: which rows went from `lost` to `kept`, so that they can go back.
create table merger (
  id {id}, what text not null, kept bigint not null, lost bigint not null, moved text not null, by_name text not null,
  at bigint not null, undone_at bigint
);
create index merger_kept on merger (what, kept);
