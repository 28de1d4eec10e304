-- SPDX-License-Identifier: GPL-3.0-or-later
-- What is looked up by one row of another: the answers of a work, the works that were asked about, the foresights that
-- were judged, contacts by their address whatever its case.
create index answer_work on answer (work);
create index work_asked on work (state) where asked = 1;
create index insight_judged on insight (recorded_at) where outcome in ('happened', 'did_not');
drop index contact_email;
create index contact_email on contact (lower(email));
