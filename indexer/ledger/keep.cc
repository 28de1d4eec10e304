// SPDX-License-Identifier: GPL-3.0-or-later
// Keeping a draft: who is it about, was it kept before, and what became of it earlier.
#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/queues.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/sql.h"
#include "indexer/ledger/works.h"

namespace tidings {
namespace {

// A foreseen window as the table holds it; all null where nothing is foreseen.
struct ForeseenColumns {
  explicit ForeseenColumns(const std::optional<Foreseen>& foreseen) {
    if (!foreseen) return;
    from = Nullable<std::string>(to_string_day(foreseen->from));
    to = Nullable<std::string>(to_string_day(foreseen->to));
    likelihood = Nullable<double>(foreseen->likelihood);
    outcome = Nullable<std::string>(std::string(to_string(foreseen->outcome)));
    if (foreseen->happened_on)
      happened_on = Nullable<std::string>(std::optional(to_string_day(*foreseen->happened_on)));
  }
  Nullable<std::string> from, to, outcome, happened_on;
  Nullable<double> likelihood;
};

}  // namespace

Client Insights::client_of(const Draft& draft, const KeepOptions& options, const Actor& by) {
  Clients clients(session_);
  if (draft.client_id) {
    try {
      const Client client = clients.resolve(*draft.client_id);
      require_reached(session_, by, "client", client.id);
      return client;
    } catch (const Refusal& refusal) {
      if (refusal.code() != Code::not_found) throw;
      throw invalid("/client", refusal.detail());
    }
  }
  // A client out of reach is as good as unknown.
  if (const auto client = clients.find_by_name(draft.client); client && is_reached(session_, by, "client", client->id))
    return *client;
  if (!options.create_clients)
    throw invalid(
        "/client",
        fmt::format("\"{}\" is not known; add the client first, or ask for unknown clients to be made", draft.client));
  Client client;
  client.name = draft.client;
  client.industry = draft.client_industry;
  return clients.create(client, by);
}

// A note is the same if it reads as it did when it was first sent, which may have been before its client was merged
// into another, or as it reads now.
std::optional<Kept> Insights::kept_before(const Insight& insight, const Client& client,
                                          const std::string& called) const {
  soci::session& sql = session_.sql();
  InsightId id = 0;
  std::string digest;
  sql << "select id, digest from insight where key = :key", use(insight.key), into(id), into(digest);
  if (!sql.got_data()) return std::nullopt;
  const std::string sent = content_digest(insight, client.name);
  if (sent == digest || content_digest(insight, called) == digest) return Kept{id, true};
  const Insight now = find(id);
  if (content_digest(now, Clients(session_).find(now.client).name) == sent) return Kept{id, true};
  throw Refusal(Code::conflict, fmt::format("the key \"{}\" was used for another note, insight {}", insight.key, id),
                {{"/key", "is taken by another note"}});
}

Kept Insights::keep(const Draft& draft, const KeepOptions& options, const Actor& by) {
  return translated([&] {
    Insight insight = draft.insight;
    const Client client = client_of(draft, options, by);
    insight.client = client.id;
    if (insight.industry == client.industry) insight.industry.clear();
    if (insight.key.empty()) insight.key = "tidings:" + random_hex(8);
    const std::string called = draft.client_id ? Clients(session_).find(*draft.client_id).name : draft.client;
    if (const auto known = kept_before(insight, client, called)) return *known;
    if (insight.author.empty()) insight.author = by.name;
    insight.kept_at = session_.now();
    insight.recorded_at = draft.recorded_at.value_or(insight.kept_at);

    const std::string digest = content_digest(insight, client.name), kind(to_string(insight.kind)),
                      tags = dump(insight.tags);
    const std::int64_t recorded_at = to_millis(insight.recorded_at), kept_at = to_millis(insight.kept_at);
    const ForeseenColumns foreseen(insight.foreseen);
    const int confidential = insight.confidential;
    session_.sql()
        << "insert into insight (version, key, digest, client, author, recorded_at, kept_at, kind, title, body, "
           "industry, "
           "tags, foreseen_from, foreseen_to, likelihood, outcome, happened_on, confidential) values (1, :key, "
           ":digest, :client, "
           ":author, "
           ":recorded_at, :kept_at, :kind, :title, :body, :industry, :tags, :from, :to, :likelihood, :outcome, "
           ":happened_on, :confidential) returning id",
        use(insight.key), use(digest), use(insight.client), use(insight.author), use(recorded_at), use(kept_at),
        use(kind), use(insight.title), use(insight.body), use(insight.industry), use(tags), use(foreseen.from),
        use(foreseen.to), use(foreseen.likelihood), use(foreseen.outcome), use(foreseen.happened_on), use(confidential),
        into(insight.id);
    if (insight.confidential) reach_changed(session_);
    set_contacts(insight, draft.contacts, by);
    Feed(session_).append(by, "insight.kept", subject("insight", insight.id), to_json(insight, client));
    if (!draft.history.queue.empty() || draft.history.answer || draft.history.telling)
      keep_history(insight, draft.history, by);
    return Kept{insight.id, false};
  });
}

void Insights::set_contacts(Insight& insight, const std::vector<std::string>& names, const Actor& by) {
  soci::session& sql = session_.sql();
  Contacts contacts(session_);
  insight.contacts.clear();
  sql << "delete from insight_contact where insight = :id", use(insight.id);
  for (const std::string& name : names) {
    auto contact = contacts.find_by_name(insight.client, name);
    if (!contact) {
      Contact fresh;
      fresh.client = insight.client;
      fresh.name = name;
      contact = contacts.create(fresh, by);
    }
    const bool named_twice = std::any_of(insight.contacts.begin(), insight.contacts.end(),
                                         [&](const ContactName& other) { return other.id == contact->id; });
    if (named_twice) continue;
    const int place = static_cast<int>(insight.contacts.size());
    sql << "insert into insight_contact (insight, contact, place) values (:insight, :contact, :place)", use(insight.id),
        use(contact->id), use(place);
    insight.contacts.push_back({contact->id, contact->name});
  }
}

void Insights::keep_history(const Insight& insight, const History& history, const Actor& by) {
  if (history.queue.empty())
    throw invalid("/queue", "is missing: an answer or a telling belongs to the queue where the note was worked");
  WorkState state = history.state.value_or(history.telling  ? WorkState::told
                                           : history.answer ? WorkState::answered
                                                            : WorkState::waiting);
  if (state == WorkState::claimed) state = WorkState::waiting;  // the lease did not come along
  const bool needs_answer = state == WorkState::answered || state == WorkState::told;
  if (needs_answer && !history.answer)
    throw invalid("/answer", fmt::format("is missing: the note is {}", to_string(state)));
  if (state == WorkState::told && !history.telling) throw invalid("/told", "is missing: the note is told");
  Works works(session_);
  if (!Queues(session_).has(history.queue)) throw invalid("/queue", fmt::format("\"{}\" is not known", history.queue));
  works.keep_history(insight, history, state, by);
}

Insight Insights::change(Insight insight, const std::vector<std::string>& contact_names, const Actor& by) {
  return translated([&] {
    const std::string kind(to_string(insight.kind)), tags = dump(insight.tags);
    const ForeseenColumns foreseen(insight.foreseen);
    const std::int64_t recorded_at = to_millis(insight.recorded_at);
    const int confidential = insight.confidential;
    reach_changed_if_confidential(session_, insight.id);
    soci::statement update =
        (session_.sql().prepare
             << "update insight set version = version + 1, author = :author, recorded_at = :recorded_at, kind = :kind, "
                "title = :title, body = :body, industry = :industry, tags = :tags, foreseen_from = :from, "
                "foreseen_to = :to, likelihood = :likelihood, outcome = :outcome, happened_on = :happened_on, "
                "confidential = :confidential where id "
                "= :id and version = :version",
         use(insight.author), use(recorded_at), use(kind), use(insight.title), use(insight.body), use(insight.industry),
         use(tags), use(foreseen.from), use(foreseen.to), use(foreseen.likelihood), use(foreseen.outcome),
         use(foreseen.happened_on), use(confidential), use(insight.id), use(insight.version));
    update.execute(true);
    if (update.get_affected_rows() != 1)
      throw Refusal(Code::stale, "the insight was changed since it was read; read it again");
    ++insight.version;
    if (insight.confidential) reach_changed(session_);
    set_contacts(insight, contact_names, by);
    Feed(session_).append(by, "insight.changed", subject("insight", insight.id),
                          to_json(insight, Clients(session_).find(insight.client)));
    return insight;
  });
}

}  // namespace tidings
