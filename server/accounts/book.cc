// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/accounts/book.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "indexer/base/log.h"
#include "indexer/base/text.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/relations.h"
#include "indexer/ledger/works.h"
#include "indexer/model/fields.h"

namespace tidings {
namespace {

constexpr int kBatch = 1000;
constexpr std::size_t kFewClients = 200;  // more of them are read faster in one pass
constexpr std::chrono::seconds kLongestWait{5};
constexpr auto kLook = std::chrono::seconds(1), kPatience = std::chrono::seconds(5);

}  // namespace

bool is_personal(const std::string& email, const Criteria& criteria) {
  const std::string local = fold(email.substr(0, email.find('@')));
  return email.empty() ||
         std::find(criteria.impersonal.begin(), criteria.impersonal.end(), local) == criteria.impersonal.end();
}

AccountState account_state(Session& session, const Client& client, std::vector<Visit> visits, Day today,
                           const Criteria& criteria) {
  AccountState state;
  state.client = client;
  const Relations relations(session);
  const auto revenues = relations.revenues(client.id);
  state.revenue = revenues.empty() ? client.revenue.value_or(0) : revenues.front().amount;
  if (const auto deals = relations.deals(client.id); !deals.empty()) state.last_deal = deals.front();

  std::set<ContactId> impersonal;
  for (const Contact& contact : Contacts(session).of(client.id)) {
    if (!is_personal(contact.email, criteria))
      impersonal.insert(contact.id);
    else
      state.people += !contact.left_on || *contact.left_on >= today;
  }
  for (Visit& visit : visits) {
    std::erase_if(visit.contacts, [&](ContactId contact) { return impersonal.contains(contact); });
    if (!visit.contacts.empty()) state.contact_days.push_back(to_day(visit.at));
    if (visit.told_at) state.contact_days.push_back(to_day(*visit.told_at));
    if (visit.work == WorkState::answered) {
      ++state.to_tell;
      if (!state.oldest_to_tell || visit.at < *state.oldest_to_tell) state.oldest_to_tell = visit.at;
    }
    state.to_ask += visit.asked;
    state.open_works += visit.work && is_open(*visit.work);
  }
  std::sort(state.contact_days.begin(), state.contact_days.end());
  state.contact_days.erase(std::unique(state.contact_days.begin(), state.contact_days.end()), state.contact_days.end());
  for (const Visit& visit : visits)
    state.nameless_notes +=
        visit.contacts.empty() && (state.contact_days.empty() || to_day(visit.at) > state.contact_days.back());
  state.dependence = dependence_of(visits, today, criteria.half_life);
  return state;
}

double AccountBook::total_revenue(const States& states) {
  double total = 0;
  for (const auto& [id, state] : states) total += state->revenue;
  return total;
}

double AccountBook::weight(double revenue, double total, std::size_t clients) {
  return std::max(total > 0 ? revenue / total : 0, 0.5 / static_cast<double>(std::max<std::size_t>(1, clients)));
}

void AccountBook::read_one(Session& session, ClientId client) {
  try {
    now_[client] = std::make_shared<const AccountState>(
        account_state(session, Clients(session).find_unmerged(client), Visits(session).of(client), day_, criteria_));
  } catch (const Refusal& refusal) {
    if (refusal.code() != Code::not_found && refusal.code() != Code::conflict) throw;  // removed, or merged
    now_.erase(client);
  }
}

void AccountBook::read_all(Session& session) {
  States all;
  const auto add = [&](const Client& client, std::vector<Visit> visits) {
    all[client.id] =
        std::make_shared<const AccountState>(account_state(session, client, std::move(visits), day_, criteria_));
  };
  std::map<ClientId, Client> clients;
  for (Page page{0, kBatch};;) {
    const auto some = Clients(session).list(page);
    for (const Client& client : some) clients.emplace(client.id, client);
    if (static_cast<int>(some.size()) < page.limit) break;
    page.after = some.back().id;
  }
  Visits(session).each([&](ClientId id, std::vector<Visit> visits) {
    if (const auto client = clients.extract(id)) add(client.mapped(), std::move(visits));
  });
  for (const auto& [id, client] : clients) add(client, {});
  now_ = std::move(all);
}

void AccountBook::refresh() {
  ledger_.read([&](Session& session) {
    const Feed feed(session);
    const Day today = to_day(clock_.now());
    bool all = place_ < 0 || today != day_;
    std::int64_t reached = all ? feed.head() : place_;
    std::set<ClientId> clients;
    while (!all) {
      const auto events = feed.after(reached, kBatch, false);
      for (const Event& event : events) {
        reached = event.seq;
        all |= event.kind == "setting.changed";
        std::optional<std::int64_t> client = subject_id(event.subject, "client");
        if (const auto contact = subject_id(event.subject, "contact")) {
          client = Visits(session).client_of_contact(*contact);
          all |= !client;  // it was removed, and its client is not told
        }
        auto insight = subject_id(event.subject, "insight");
        if (const auto work = subject_id(event.subject, "work")) insight = Works(session).find(*work).insight;
        if (insight) client = Visits(session).client_of(*insight);
        if (client) clients.insert(*client);
      }
      all |= clients.size() > kFewClients;
      if (all) reached = feed.head();
      if (static_cast<int>(events.size()) < kBatch) break;
    }
    if (all) {
      day_ = today;
      criteria_ = criteria_of(session);
      read_all(session);
    } else {
      for (ClientId client : clients) read_one(session, client);
    }
    changed_ |= all || !clients.empty();
    place_ = reached;
  });
}

std::shared_ptr<const AccountBook::States> AccountBook::states() {
  const std::unique_lock lock(mutex_, kLongestWait);
  if (!lock) throw Refusal(Code::unavailable, "the accounts are still being read; try again in a minute");
  refresh();
  return give();
}

std::shared_ptr<const AccountBook::States> AccountBook::recent_states() {
  {
    const std::lock_guard lock(given_mutex_);
    if (given_ && std::chrono::steady_clock::now() - given_at_ < kOld) return given_;
  }
  return states();
}

std::shared_ptr<const AccountBook::States> AccountBook::give() {
  const std::lock_guard lock(given_mutex_);
  if (changed_ || !given_) given_ = std::make_shared<const States>(now_);
  changed_ = false;
  return given_;
}

void AccountBook::run(const Stop& stop) {
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const auto begun = std::chrono::steady_clock::now();
      {
        const std::lock_guard lock(mutex_);
        refresh();
        give();
      }
      const auto now = std::chrono::steady_clock::now();
      {
        const std::lock_guard lock(given_mutex_);
        given_at_ = now;
      }
      ledger_.wait_past(seen, kLook);
      stop.wait_for(std::clamp(std::chrono::duration_cast<Millis>(9 * (now - begun)), Millis(kLook), Millis(kOld / 2)));
    } catch (const std::exception& error) {  // also what is broken: the log says why
      spdlog::error("accounts event=waits error={}", log_value(error.what()));
      stop.wait_for(kPatience);
    }
  }
}

}  // namespace tidings
