-- SPDX-License-Identifier: GPL-3.0-or-later
-- The answer that this one repeats for another work.
alter table answer add column repeats bigint references answer (id);
create index answer_repeats on answer (repeats);
