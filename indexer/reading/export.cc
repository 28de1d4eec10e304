// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/export.h"

#include <map>
#include <set>

#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/relations.h"

namespace tidings {
namespace {

constexpr int kPage = 500;

json labelled(const char* kind, json record, std::initializer_list<const char*> names) {
  for (const char* name : names) record.erase(name);
  record["record"] = kind;
  return record;
}

// Superiors before those who report to them; a ring of superiors is cut where it was entered.
void export_contacts(const std::vector<Contact>& contacts, const std::string& client,
                     const std::function<void(const json&)>& give) {
  std::map<ContactId, const Contact*> by_id;
  for (const Contact& contact : contacts) by_id[contact.id] = &contact;
  std::set<ContactId> entered, given;
  const std::function<void(const Contact&)> visit = [&](const Contact& contact) {
    if (!entered.insert(contact.id).second) return;
    const auto superior = contact.reports_to ? by_id.find(*contact.reports_to) : by_id.end();
    if (superior != by_id.end()) visit(*superior->second);
    json record = labelled("contact", contact, {"id", "version", "created_at", "reports_to", "person", "merged_into"});
    record["client"] = client;
    if (superior != by_id.end() && given.contains(superior->first)) record["reports_to"] = superior->second->name;
    given.insert(contact.id);
    give(record);
  };
  for (const Contact& contact : contacts) visit(contact);
}

json insight_record(const WholeInsight& whole) {
  json record = labelled("insight", to_json(whole.insight, whole.client), {"id", "version", "kept_at"});
  record["client"] = whole.client.name;
  record["contacts"] = json::array();
  for (const ContactName& contact : whole.insight.contacts) record["contacts"].push_back(contact.name);
  if (!whole.work) return record;
  record["queue"] = whole.work->queue;
  record["state"] = whole.work->state;
  if (!whole.work->reason.empty()) record["reason"] = whole.work->reason;
  if (!whole.answers.empty()) {
    const Answer& answer = whole.answers.back();
    record["answer"] = {{"body", answer.body}, {"by", answer.by}, {"at", to_string(answer.at)}};
  }
  if (!whole.tellings.empty()) {
    record["told"] = whole.tellings.back();
    record["told"].erase("id");
    record["told"].erase("work");
  }
  return record;
}

}  // namespace

std::int64_t export_all(const Ledger& ledger, const std::function<void(const json&)>& on_record) {
  std::int64_t count = 0;
  const auto give = [&](const json& record) {
    ++count;
    on_record(record);
  };
  // One snapshot, so that what is exported was all true at one moment.
  ledger.read([&](Session& session) {
    for (const User& user : People(session).list()) give(labelled("user", user, {"version", "created_at"}));
    for (const Queue& queue : Queues(session).list()) give(labelled("queue", queue, {"version"}));
    for (const Rule& rule : Queues(session).rules()) give(labelled("rule", rule, {"id", "version"}));
    for (Page page{0, kPage};;) {
      const auto clients = Clients(session).list(page);
      for (const Client& client : clients) {
        give(labelled("client", client, {"id", "version", "created_at", "quiet", "merged_into"}));
        export_contacts(Contacts(session).of(client.id), client.name, give);
        const auto give_named = [&](json record) {
          record["client"] = client.name;
          give(record);
        };
        for (const Deal& deal : Relations(session).deals(client.id))
          give_named(labelled("deal", deal, {"id", "version", "created_at"}));
        for (const Revenue& revenue : Relations(session).revenues(client.id))
          give_named(labelled("revenue", revenue, {}));
        page.after = client.id;
      }
      if (clients.size() < kPage) break;
    }
    const Insights insights(session);
    for (InsightId after = 0;;) {
      const auto ids = insights.ids(after, kPage);
      for (InsightId id : ids) give(insight_record(insights.whole(id)));
      if (ids.empty()) break;
      after = ids.back();
    }
  });
  return count;
}

}  // namespace tidings
