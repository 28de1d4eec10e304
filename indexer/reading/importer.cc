// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/reading/importer.h"

#include <algorithm>

#include "indexer/base/secrets.h"
#include "indexer/base/text.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/relations.h"
#include "indexer/model/schema.h"

namespace tidings {
namespace {

constexpr std::size_t kBatch = 500;
constexpr std::size_t kBatchBytes = 8 << 20;

struct Result {
  ImportStatus status;
  std::optional<std::int64_t> id;
};

// Thrown to undo the batch of a dry run.
struct DryRunEnds {};

json without(json record, std::initializer_list<const char*> names) {
  for (const char* name : names) record.erase(name);
  return record;
}

// Whether every member that `record` names already stands so in `kept`.
bool says_the_same(const json& record, const json& kept) {
  return std::all_of(record.items().begin(), record.items().end(), [&](const auto& member) {
    return kept.contains(member.key()) && kept[member.key()] == member.value();
  });
}

Result keep_insight(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  record_schema("draft").require(record);
  Draft draft = to_draft(record);
  // A note without a key is known by its content, so that an import can be run again.
  if (draft.insight.key.empty()) draft.insight.key = "import:" + sha256(dump(record)).substr(0, 32);
  const Kept kept = Insights(session).keep(draft, {options.create_clients}, by);
  return {kept.known ? ImportStatus::known : ImportStatus::kept, kept.id};
}

Result keep_client(Session& session, json record, const Actor& by) {
  record_schema("client").require(record);
  Clients clients(session);
  Client client;
  update(client, record);
  if (client.name.empty()) throw invalid("/name", "is empty");
  auto known = clients.find_by_name(client.name);
  if (!known && !client.domain.empty()) {
    // The same company by another name keeps the name it has, and is known by both.
    known = clients.find_by_domain(client.domain);
    if (known) clients.call(known->id, client.name, by);
  }
  if (!known) return {ImportStatus::kept, clients.create(client, by).id};
  record = without(record, {"record"});
  if (fold(client.name) != fold(known->name)) record.erase("name");
  if (says_the_same(record, *known)) return {ImportStatus::known, known->id};
  Client changed = *known;
  update(changed, record);
  return {ImportStatus::kept, clients.change(changed, by).id};
}

// The client that a record names, by name or id.
Client named_client(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  Clients clients(session);
  if (!record.contains("client")) throw invalid("/client", "is missing");
  const json& named = record["client"];
  if (!named.is_string()) return clients.find(named.get<ClientId>());
  if (const auto client = clients.find_by_name(named.get<std::string>())) return *client;
  if (!options.create_clients)
    throw invalid("/client", "\"" + named.get<std::string>() + "\" is not known; add the client first");
  Client fresh;
  update(fresh, {{"name", named}});
  return clients.create(fresh, by);
}

Result keep_deal(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  record_schema("deal").require(record);
  Deal deal;
  update(deal, record);
  deal.client = named_client(session, record, options, by).id;
  Relations relations(session);
  for (const Deal& known : relations.deals(deal.client)) {
    if (known.signed_on != deal.signed_on || known.title != deal.title) continue;
    if (known.value == deal.value) return {ImportStatus::known, known.id};
    relations.remove_deal(known.id, by);
  }
  return {ImportStatus::kept, relations.add_deal(deal, by).id};
}

Result keep_revenue(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  record_schema("revenue").require(record);
  Revenue revenue;
  update(revenue, record);
  revenue.client = named_client(session, record, options, by).id;
  return {Relations(session).set_revenue(revenue, by) ? ImportStatus::kept : ImportStatus::known, revenue.client};
}

Result keep_contact(Session& session, json record, const ImportOptions& options, const Actor& by) {
  record_schema("contact").require(record);
  Contacts contacts(session);
  const Client client = named_client(session, record, options, by);
  if (record.contains("reports_to") && record["reports_to"].is_string()) {
    const auto superior = contacts.find_by_name(client.id, record["reports_to"].get<std::string>());
    if (!superior) throw invalid("/reports_to", "is no contact of this client that is known already");
    record["reports_to"] = superior->id;
  }
  record = without(record, {"record", "client"});
  Contact contact;
  update(contact, record);
  contact.client = client.id;
  if (contact.name.empty()) throw invalid("/name", "is empty");
  auto known = contacts.find_by_name(client.id, contact.name);
  // The same address at the same client is the same person, however the name is spelled.
  for (const Contact& each : contacts.find_by_email(contact.email))
    if (!known && each.client == client.id) known = each, record.erase("name");
  if (!known) return {ImportStatus::kept, contacts.create(contact, by).id};
  if (says_the_same(record, *known)) return {ImportStatus::known, known->id};
  Contact changed = *known;
  update(changed, record);
  return {ImportStatus::kept, contacts.change(changed, by).id};
}

Result keep_queue(Session& session, const json& record, const Actor& by) {
  record_schema("queue").require(record);
  Queues queues(session);
  Queue queue;
  update(queue, record);
  if (!queues.has(queue.name)) return queues.create(queue, by), Result{ImportStatus::kept, {}};
  Queue known = queues.find(queue.name);
  if (says_the_same(without(record, {"record"}), known)) return {ImportStatus::known, {}};
  update(known, record);
  queues.change(known, by);
  return {ImportStatus::kept, {}};
}

Result keep_rule(Session& session, const json& record, const Actor& by) {
  record_schema("rule").require(record);
  Queues queues(session);
  Rule rule;
  update(rule, record);
  for (Rule& known : queues.rules()) {
    if (known.name != rule.name) continue;
    if (says_the_same(without(record, {"record"}), known)) return {ImportStatus::known, known.id};
    update(known, record);
    return {ImportStatus::kept, queues.change_rule(known, by).id};
  }
  return {ImportStatus::kept, queues.create_rule(rule, by).id};
}

Result keep_user(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  if (!options.may_make_users)
    throw Refusal(Code::forbidden, "only an admin may import users", {{"", "only an admin may import users"}});
  record_schema("user").require(record);
  if (record.contains("password")) throw invalid("/password", "is not taken from a file; give it with user passwd");
  User user;
  update(user, record);
  for (const User& known : People(session).list())
    if (known.name == user.name) return {ImportStatus::known, {}};
  People(session).create(user, "", by);
  return {ImportStatus::kept, {}};
}

Result keep_any(Session& session, const json& record, const ImportOptions& options, const Actor& by) {
  const auto it = record.find("record");
  const std::string kind = it == record.end() ? "insight" : it->is_string() ? it->get<std::string>() : "";
  if (kind == "insight") return keep_insight(session, record, options, by);
  if (kind == "client") return keep_client(session, record, by);
  if (kind == "contact") return keep_contact(session, record, options, by);
  if (kind == "deal") return keep_deal(session, record, options, by);
  if (kind == "revenue") return keep_revenue(session, record, options, by);
  if (kind == "queue") return keep_queue(session, record, by);
  if (kind == "rule") return keep_rule(session, record, by);
  if (kind == "user") return keep_user(session, record, options, by);
  throw invalid("/record", "is none of insight, client, contact, queue, rule, user");
}

std::vector<Fault> faults_of(const Refusal& refusal) {
  return refusal.faults().empty() ? std::vector<Fault>{{"", refusal.detail()}} : refusal.faults();
}

}  // namespace

void to_json(json& out, const ImportOutcome& outcome) {
  out = {{"line", outcome.line}, {"status", outcome.status}, {"id", outcome.id ? json(*outcome.id) : json()}};
  if (outcome.status != ImportStatus::refused) return;
  out["errors"] = json::array();
  for (const Fault& fault : outcome.errors)
    out["errors"].push_back({{"pointer", fault.pointer}, {"detail", fault.detail}});
}

Importer::Importer(Ledger& ledger, const ImportOptions& options, Actor by,
                   std::function<void(const ImportOutcome&)> on_outcome)
    : ledger_(ledger), options_(options), by_(std::move(by)), on_outcome_(std::move(on_outcome)) {}

void Importer::add(Record record) {
  batch_bytes_ += record.value.is_object() && record.value.contains("body") && record.value["body"].is_string()
                      ? record.value["body"].get_ref<const std::string&>().size()
                      : 0;
  batch_.push_back(std::move(record));
  if (batch_.size() >= kBatch || batch_bytes_ >= kBatchBytes) flush();
}

ImportOutcome Importer::keep(Session& session, const Record& record) const {
  ImportOutcome outcome{record.line, ImportStatus::refused, {}, {}, record.value};
  if (record.refusal) {
    outcome.errors = faults_of(*record.refusal);
    return outcome;
  }
  session.set_savepoint();
  try {
    const Result result = keep_any(session, record.value, options_, by_);
    session.release_savepoint();
    return {record.line, result.status, result.id, {}, json()};
  } catch (const Refusal& refusal) {
    // What ails the ledger itself is no fault of the record: the whole batch fails.
    if (refusal.code() == Code::unavailable || refusal.code() == Code::broken) throw;
    session.roll_back_to_savepoint();
    outcome.errors = faults_of(refusal);
    return outcome;
  }
}

void Importer::flush() {
  if (batch_.empty()) return;
  std::vector<ImportOutcome> outcomes;
  try {
    ledger_.write([&](Session& session) {
      for (const Record& record : batch_) outcomes.push_back(keep(session, record));
      if (options_.dry_run) throw DryRunEnds{};
    });
  } catch (const DryRunEnds&) {
    for (ImportOutcome& outcome : outcomes)
      if (outcome.status == ImportStatus::kept) outcome.id.reset();
  }
  batch_.clear();
  batch_bytes_ = 0;
  for (const ImportOutcome& outcome : outcomes) on_outcome_(outcome);
}

}  // namespace tidings
