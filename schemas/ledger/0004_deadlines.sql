-- SPDX-License-Identifier: GPL-3.0-or-later
-- A queue's working hours (see indexer/base/working_time.h), and since when work is in its queue: from both follow deadlines.
alter table queue add column working text not null default '{}';
alter table work add column queued_at bigint;
update work set queued_at = created_at;
