// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/model/saved_search.h"

namespace tidings {

void to_json(json& out, const SavedSearch& search) {
  out = {{"id", search.id},
         {"version", search.version},
         {"title", search.title},
         {"query", search.query},
         {"audience", search.audience},
         {"owner", search.owner},
         {"created_at", to_string(search.created_at)}};
}

void to_json(json& out, const Notification& notification) {
  out = {{"id", notification.id},
         {"at", to_string(notification.at)},
         {"kind", to_string(notification.kind)},
         {"insight", notification.insight},
         {"detail", notification.detail},
         {"seen_at", notification.seen_at ? json(to_string(*notification.seen_at)) : json()}};
}

}  // namespace tidings
