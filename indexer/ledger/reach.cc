// SPDX-License-Identifier: GPL-3.0-or-later
// The views are temporary, so that each connection has its own viewer: one row of viewer, their teams, and for
// technicians the queues that they work. Databases look for a temporary view before a table of the same name.
#include "indexer/ledger/reach.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

struct View {
  const char* table;
  const char* reached;  // a condition on its row `x`
};

// A view may speak of those before it.
constexpr View kViews[] = {
    {"client",
     "x.team = '' or x.owner = (select name from viewer) or (select serves_all from viewer) = 1 or x.team in (select "
     "team from viewer_team)"},
    {"insight",
     "exists (select 1 from reached_client c where c.id = x.client) and (x.confidential = 0 or x.author = (select name "
     "from viewer) or exists (select 1 from main.client c where c.id = x.client and c.owner = (select name from "
     "viewer)) or exists (select 1 from main.work w where w.insight = x.id and w.queue in (select queue from "
     "viewer_queue)))"},
    {"contact", "exists (select 1 from reached_client c where c.id = x.client)"},
    {"work", "exists (select 1 from reached_insight i where i.id = x.insight)"},
    {"insight_contact", "exists (select 1 from reached_insight i where i.id = x.insight)"},
    {"attachment", "exists (select 1 from reached_insight i where i.id = x.insight)"},
    {"answer", "exists (select 1 from reached_insight i where i.id = x.insight)"},
    {"telling", "exists (select 1 from reached_work w where w.id = x.work)"},
    {"routing", "exists (select 1 from reached_work w where w.id = x.work)"},
    {"notification", "x.insight = 0 or exists (select 1 from reached_insight i where i.id = x.insight)"},
    {"client_alias", "exists (select 1 from reached_client c where c.id = x.client)"},
    {"revenue", "exists (select 1 from reached_client c where c.id = x.client)"},
    {"deal", "exists (select 1 from reached_client c where c.id = x.client)"},
    {"tie",
     "exists (select 1 from reached_contact c where c.id = x.contact) and exists (select 1 from reached_contact c "
     "where "
     "c.id = x.other)"},
    {"acquaintance", "exists (select 1 from reached_contact c where c.id = x.contact)"},
    {"finding",
     "exists (select 1 from reached_client c where c.id = x.client) and (x.insight is null or exists (select 1 from "
     "reached_insight i where i.id = x.insight))"},
    {"departure",
     "exists (select 1 from reached_insight i where i.id = x.insight) and exists (select 1 from reached_contact c "
     "where "
     "c.id = x.contact)"},
    {"merger",
     "(x.what = 'client' and exists (select 1 from reached_client c where c.id = x.kept)) or (x.what = 'contact' and "
     "exists (select 1 from reached_contact c where c.id = x.kept))"},
};

std::int64_t version_of(Session& session) {
  std::int64_t version = 0;
  session.sql() << "select version from reach", into(version);
  return version;
}

std::shared_ptr<const Reach> look(Session& session, const Actor& viewer) {
  auto reach = std::make_shared<Reach>();
  reach->version = version_of(session);
  set_viewer(session, viewer);
  std::int64_t id = 0;
  for_each_row(session.sql(),
               "select id from main.client where id not in (select id from reached_client) order by id desc",
               std::tie(id), std::tuple<>(), [&] {
                 const auto place = static_cast<std::size_t>(id);
                 if (reach->hidden_clients.size() <= place) reach->hidden_clients.resize(place + 1);
                 reach->hidden_clients[place] = true;
               });
  for_each_row(session.sql(),
               "select id from main.insight where confidential = 1 and id not in (select id from reached_insight where "
               "confidential = 1)",
               std::tie(id), std::tuple<>(), [&] { reach->hidden_insights.insert(id); });
  return reach;
}

}  // namespace

void prepare_reach(Session& session, bool veiled) {
  translated([&] {
    soci::session& sql = session.sql();
    sql << "create temporary table viewer (name text not null, serves_all integer not null)";
    sql << "create temporary table viewer_team (team text not null)";
    sql << "create temporary table viewer_queue (queue text not null)";
    for (const View& view : kViews)
      sql << fmt::format("create temporary view reached_{0} as select x.* from main.{0} x where {1}", view.table,
                         view.reached);
    if (!veiled) return;
    for (const View& view : kViews)
      sql << fmt::format("create temporary view {0} as select * from reached_{0}", view.table);
  });
}

void set_viewer(Session& session, const Actor& viewer) {
  translated([&] {
    soci::session& sql = session.sql();
    sql << "delete from viewer";
    sql << "delete from viewer_team";
    sql << "delete from viewer_queue";
    const int serves_all = viewer.role != Role::rep;
    sql << "insert into viewer (name, serves_all) values (:name, :all)", use(viewer.name), use(serves_all);
    if (const auto user = People(session).active(viewer.name))
      for (const std::string& team : user->teams) sql << "insert into viewer_team (team) values (:team)", use(team);
    if (viewer.role != Role::technician) return;
    for (const Queue& queue : Queues(session).list())
      if (queue.members.empty() ||
          std::find(queue.members.begin(), queue.members.end(), viewer.name) != queue.members.end())
        sql << "insert into viewer_queue (queue) values (:queue)", use(queue.name);
  });
}

void reach_changed(Session& session) {
  translated([&] { session.sql() << "update reach set version = version + 1"; });
}

void reach_changed_if_confidential(Session& session, InsightId insight) {
  translated([&] {
    session.sql() << "update reach set version = version + 1 where exists (select 1 from insight where id = :id and "
                     "confidential = 1)",
        use(insight);
  });
}

std::shared_ptr<const Reach> Reaches::of(Session& session, const Actor& viewer) const {
  static const auto kNothingHidden = std::make_shared<const Reach>();
  if (!is_limited(viewer)) return kNothingHidden;
  return translated([&] {
    const std::int64_t version = version_of(session);
    const std::string key = fmt::format("{}:{}", to_string(viewer.role), viewer.name);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = known_.find(key); found != known_.end() && found->second->version == version)
        return found->second;
    }
    auto reach = look(session, viewer);
    const std::lock_guard lock(mutex_);
    known_[key] = reach;
    return std::shared_ptr<const Reach>(reach);
  });
}

bool is_reached(Session& session, const Actor& actor, std::string_view of, std::int64_t id) {
  if (!is_limited(actor)) return true;
  return translated([&] {
    set_viewer(session, actor);
    int there = 0;
    session.sql() << fmt::format("select count(*) from reached_{} where id = :id", of), use(id), into(there);
    return there > 0;
  });
}

void require_reached(Session& session, const Actor& actor, std::string_view of, std::int64_t id) {
  if (!is_reached(session, actor, of, id)) throw Refusal(Code::not_found, fmt::format("there is no {} {}", of, id));
}

}  // namespace tidings
