// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/notices.h"

#include <algorithm>

#include "indexer/base/refusal.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/searches.h"

namespace tidings {
namespace {

std::pair<std::string, std::string> kind_and_name(const std::string& audience) {
  const std::size_t colon = audience.find(':');
  return {audience.substr(0, colon), colon == std::string::npos ? "" : audience.substr(colon + 1)};
}

}  // namespace

std::vector<std::string> members_of(Session& session, const std::string& audience) {
  const auto [kind, name] = kind_and_name(audience);
  if (kind == "user") return {name};
  std::vector<std::string> members;
  if (kind == "queue" && Queues(session).has(name)) members = Queues(session).find(name).members;
  std::vector<std::string> names;
  for (const User& user : People(session).list()) {
    const bool is_in = kind == "role"    ? to_string(user.role) == name
                       : members.empty() ? user.role == Role::technician
                                         : std::find(members.begin(), members.end(), user.name) != members.end();
    if (is_in && user.active) names.push_back(user.name);
  }
  return names;
}

void require_audience(Session& session, const std::string& audience, const std::string& pointer) {
  const auto [kind, name] = kind_and_name(audience);
  const bool is_there = kind == "user"    ? [&, name = name] {
    const auto users = People(session).list();
    return std::any_of(users.begin(), users.end(), [&](const User& user) { return user.name == name; });
  }()
                        : kind == "role"  ? parse_name<Role>(name).has_value()
                        : kind == "queue" ? Queues(session).has(name)
                                          : false;
  if (!is_there) throw invalid(pointer, "is not user:NAME, role:ROLE or queue:NAME of what is there");
}

int notify(Session& session, const std::string& audience, NoticeKind kind, const Work& work, const std::string& reason,
           json detail) {
  Notification notification;
  notification.at = session.now();
  notification.kind = kind;
  notification.insight = work.insight;
  notification.reason = reason;
  notification.detail = std::move(detail);
  notification.detail["work"] = work.id;
  notification.detail["queue"] = work.queue;
  int told = 0;
  for (const std::string& user : members_of(session, audience)) {
    if (user.empty()) continue;
    notification.user = user;
    told += Notifications(session).add(notification);
  }
  return told;
}

}  // namespace tidings
