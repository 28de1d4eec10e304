-- SPDX-License-Identifier: GPL-3.0-or-later
-- Work that waits for the answer to other work of the same problem, rather than being handed out.
alter table work add column gathered_under bigint references work (id);
create index work_gathered on work (gathered_under);
