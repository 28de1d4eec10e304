// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/client_desk.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "indexer/base/text.h"
#include "indexer/ledger/accounts.h"
#include "indexer/ledger/departures.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/people.h"
#include "indexer/ledger/reach.h"
#include "indexer/ledger/relations.h"
#include "indexer/model/fields.h"
#include "indexer/model/schema.h"
#include "server/accounts/leaving.h"
#include "server/accounts/people_map.h"
#include "server/desk/notices.h"
#include "server/desk/rights.h"
#include "server/desk/views.h"

namespace tidings {
namespace {

constexpr int kSayings = 400;  // notes of a client that are looked through for clues, the latest
constexpr int kPeopleNotes = 300;
constexpr std::size_t kMeet = 3, kUnknown = 3, kShown = 20, kExcerpt = 200;
constexpr int kAhead = 730;  // days of outlook on a visit card

json brief(const Insight& insight) {
  return {{"id", insight.id},
          {"text", title_of(insight, kExcerpt)},
          {"kind", insight.kind},
          {"author", insight.author},
          {"recorded_at", to_string(insight.recorded_at)}};
}

}  // namespace

// What most answers about a client begin with.
struct ClientDesk::Around {
  Client client;
  std::vector<Contact> contacts;
  std::vector<Visit> visits;
  Criteria criteria;
  Day today{};
  PeopleMap map;

  std::string name(ContactId id) const {
    const auto found =
        std::find_if(contacts.begin(), contacts.end(), [&](const Contact& each) { return each.id == id; });
    return found == contacts.end() ? "" : found->name;
  }
  json named(ContactId id) const { return {{"id", id}, {"name", name(id)}}; }
  // Whom to meet instead of a contact.
  json instead_of(ContactId contact) const {
    json next = json::array();
    for (const Prospect& each : whom_to_meet(contacts, map.bonds, today, criteria, contact))
      if (next.size() < kMeet) next.push_back({{"contact", named(each.contact)}, {"value", each.value}});
    return next;
  }
};

ClientDesk::Around ClientDesk::around(ClientId id) const {
  Around around;
  around.client = Clients(session_).find(id);
  around.contacts = Contacts(session_).of(id);
  around.visits = Visits(session_).of(id);
  around.criteria = criteria_of(session_);
  around.today = to_day(session_.now());
  around.map =
      people_map(around.contacts, around.visits, Relations(session_).acquaintances(id), around.today, around.criteria);
  return around;
}

json ClientDesk::map(ClientId id) const {
  require(actor_, Right::see_contacts);
  const Around around = this->around(id);
  const Relations relations(session_);
  json bonds = json::array(), pairs = json::array(), ghosts = json::array(), ties = json::array();
  for (const Bond& bond : around.map.bonds)
    bonds.push_back({{"user", bond.user},
                     {"contact", bond.contact},
                     {"strength", bond.strength},
                     {"notes", bond.notes},
                     {"since", day_or_null(bond.since)},
                     {"last", day_or_null(bond.last)},
                     {"by_word", bond.by_word}});
  for (const Pair& pair : around.map.pairs)
    pairs.push_back({{"one", pair.one}, {"other", pair.other}, {"strength", pair.strength}, {"notes", pair.notes}});
  for (const Ghost& ghost : around.map.ghosts)
    ghosts.push_back({{"why", ghost.why}, {"contact", or_null(ghost.who)}, {"role", ghost.role}});
  for (const Tie& tie : relations.ties(id)) {
    json view = tie;
    const Contact other = Contacts(session_).find(tie.other);
    view["other_name"] = other.name;
    view["other_client"] = other.client;
    ties.push_back(std::move(view));
  }
  const Dependence depends = dependence_of(around.visits, around.today, around.criteria.half_life);
  json held_by_contacts = json::array(), held_by_us = json::array();
  for (const Hold<ContactId>& hold : depends.contacts)
    held_by_contacts.push_back({{"contact", around.named(hold.who)},
                                {"share", hold.share},
                                {"notes", hold.notes},
                                {"sole_foresights", hold.foresights},
                                {"last", to_string(hold.last)}});
  for (const Hold<std::string>& hold : depends.authors)
    held_by_us.push_back({{"user", hold.who},
                          {"share", hold.share},
                          {"notes", hold.notes},
                          {"sole_foresights", hold.foresights},
                          {"last", to_string(hold.last)}});
  return {{"client", around.client},
          {"contacts", around.contacts},
          {"bonds", std::move(bonds)},
          {"pairs", std::move(pairs)},
          {"ties", std::move(ties)},
          {"ghosts", std::move(ghosts)},
          {"dependence",
           {{"notes", depends.notes},
            {"open_foresights", depends.open_foresights},
            {"contacts", std::move(held_by_contacts)},
            {"authors", std::move(held_by_us)}}},
          {"deals", relations.deals(id)},
          {"revenue", relations.revenues(id)}};
}

json ClientDesk::what_if(ContactId id) const {
  require(actor_, Right::see_contacts);
  const Contact contact = Contacts(session_).find(id);
  const Around around = this->around(contact.client);
  const Loss loss = loss_without(around.visits, id, around.today);
  const auto briefs = [&](const std::vector<InsightId>& ids) {
    json items = json::array();
    for (InsightId each : ids)
      if (items.size() < kShown) items.push_back(brief(Insights(session_).find(each)));
    return json{{"count", ids.size()}, {"items", std::move(items)}};
  };
  double share = 0;
  for (const Hold<ContactId>& hold : dependence_of(around.visits, around.today, around.criteria.half_life).contacts)
    if (hold.who == id) share = hold.share;
  return {{"contact", contact},
          {"share", share},
          {"foresights", briefs(loss.foresights)},
          {"answers", briefs(loss.answers)},
          {"works", briefs(loss.works)},
          {"next", around.instead_of(id)}};
}

json ClientDesk::employments(ContactId id) const {
  require(actor_, Right::see_contacts);
  json items = json::array();
  for (const Contact& each : Contacts(session_).employments(Contacts(session_).find(id))) {
    json view = each;
    view["client_name"] = Clients(session_).find(each.client).name;
    items.push_back(std::move(view));
  }
  return {{"items", std::move(items)}};
}

json ClientDesk::add_tie(ContactId contact, const json& body) {
  require(actor_, Right::keep_accounts);
  record_schema("tie").require(body);
  Tie tie;
  update(tie, body);
  tie.contact = contact;
  for (ContactId each : {tie.contact, tie.other}) require_reached(session_, actor_, "contact", each);
  return Relations(session_).add_tie(tie, actor_);
}

void ClientDesk::remove_tie(std::int64_t id) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "tie", id);
  Relations(session_).remove_tie(id, actor_);
}

json ClientDesk::know(ContactId contact, const json& body) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "contact", contact);
  record_schema("knowing").require(body);
  Acquaintance acquaintance{contact, actor_.name, to_day(session_.now())};
  take_text(body, "user", acquaintance.user);
  if (acquaintance.user != actor_.name) {
    require(actor_, Right::lead);
    People(session_).find(acquaintance.user);
  }
  std::optional<Day> since;
  take_day(body, "since", since);
  acquaintance.since = since.value_or(acquaintance.since);
  if (acquaintance.since > to_day(session_.now())) throw invalid("/since", "is a day to come");
  Relations(session_).know(acquaintance, actor_);
  return acquaintance;
}

void ClientDesk::forget(ContactId contact, const std::string& user) {
  require(actor_, user == actor_.name ? Right::keep_accounts : Right::lead);
  require_reached(session_, actor_, "contact", contact);
  Relations(session_).forget(contact, user, actor_);
}

json ClientDesk::deals(ClientId client) const {
  Clients(session_).find(client);
  const Relations relations(session_);
  return {{"items", relations.deals(client)}, {"revenue", relations.revenues(client)}};
}

json ClientDesk::add_deal(ClientId client, const json& body) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "client", client);
  record_schema("deal").require(body);
  if (body.contains("client")) throw invalid("/client", "is named by the path");
  Deal deal;
  update(deal, body);
  deal.client = client;
  return Relations(session_).add_deal(deal, actor_);
}

void ClientDesk::remove_deal(std::int64_t id) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "deal", id);
  Relations(session_).remove_deal(id, actor_);
}

json ClientDesk::set_revenue(ClientId client, const json& body) {
  require(actor_, Right::lead);
  record_schema("revenue").require(body);
  if (body.contains("client")) throw invalid("/client", "is named by the path");
  Revenue revenue;
  update(revenue, body);
  revenue.client = client;
  Relations(session_).set_revenue(revenue, actor_);
  return revenue;
}

std::vector<Saying> ClientDesk::sayings(ClientId id) const {
  std::vector<Saying> all;
  for (const Insight& insight : Insights(session_).latest_of(id, kSayings)) {
    Saying saying{insight.id, insight.kind, to_day(insight.recorded_at), insight.title, {}};
    saying.text += (saying.text.empty() ? "" : "\n") + insight.body;
    for (const ContactName& contact : insight.contacts) saying.contacts.push_back(contact.id);
    all.push_back(std::move(saying));
  }
  return all;
}

std::vector<Gap> ClientDesk::gaps(ClientId id, double weight, const std::vector<AccountQuestion>& questions) const {
  return gaps_of(questions, Contacts(session_).of(id), Findings(session_).of(id), sayings(id), weight,
                 to_day(session_.now()));
}

json ClientDesk::gap_view(const Gap& gap, const std::string& language) const {
  json clues = json::array();
  for (const Clue& clue : gap.clues)
    clues.push_back({{"insight", clue.insight}, {"sentence", clue.sentence}, {"said_on", to_string_day(clue.said_on)}});
  const std::string name = gap.contact ? Contacts(session_).find(*gap.contact).name : "";
  return {{"question", gap.question->name},
          {"text", asked_as(*gap.question, name, language)},
          {"contact", gap.contact ? json({{"id", *gap.contact}, {"name", name}}) : json()},
          {"state", gap.state},
          {"said_on", day_or_null(gap.said_on)},
          {"sentence", gap.sentence.empty() ? json() : json(gap.sentence)},
          {"insight", or_null(gap.insight)},
          {"staleness", gap.staleness},
          {"value", gap.value},
          {"clues", std::move(clues)}};
}

json ClientDesk::questions(ClientId id, double weight) const {
  require(actor_, Right::see_contacts);
  Clients(session_).find(id);
  const auto questions = questions_of(session_);
  const std::string& words = actor_.language;
  json items = json::array();
  for (const Gap& gap : gaps(id, weight, questions)) items.push_back(gap_view(gap, words));
  return {{"items", std::move(items)}};
}

json ClientDesk::judge(ClientId id, const json& body) {
  require(actor_, Right::log_insights);
  require(actor_, Right::see_contacts);
  record_schema("judging").require(body);
  require_reached(session_, actor_, "client", id);
  Finding finding;
  finding.client = Clients(session_).find(id).id;
  finding.said_on = to_day(session_.now());
  take_text(body, "question", finding.question);
  take_text(body, "sentence", finding.sentence);
  take_optional(body, "contact", finding.contact);
  take_optional(body, "insight", finding.insight);
  take_name(body, "judgement", finding.judgement);
  const auto questions = questions_of(session_);
  const auto question = std::find_if(questions.begin(), questions.end(),
                                     [&](const AccountQuestion& each) { return each.name == finding.question; });
  if (question == questions.end()) throw invalid("/question", "is not on the list of questions");
  if (question->about_contact != finding.contact.has_value())
    throw invalid("/contact", question->about_contact ? "is missing: the question is about a contact"
                                                      : "is not wanted: the question is about the client");
  if (finding.contact && Contacts(session_).find(*finding.contact).client != id)
    throw invalid("/contact", "is no contact of this client");
  if (finding.insight) {
    require_reached(session_, actor_, "insight", *finding.insight);
    const Insight insight = Insights(session_).find(*finding.insight);
    if (insight.client != id) throw invalid("/insight", "is no note of this client");
    finding.said_on = to_day(insight.recorded_at);
  }
  std::optional<Day> said_on;
  take_day(body, "said_on", said_on);
  finding.said_on = said_on.value_or(finding.said_on);
  if (finding.said_on > to_day(session_.now())) throw invalid("/said_on", "is a day to come");
  return Findings(session_).keep(finding, actor_);
}

json ClientDesk::next_question(ClientId id) const {
  require(actor_, Right::see_contacts);
  Clients(session_).find(id);
  const auto questions = questions_of(session_);
  const auto all = gaps(id, 1, questions);
  if (all.empty() || all.front().state == Gap::State::known) return nullptr;
  const json view = gap_view(all.front(), actor_.language);
  return {
      {"question", view["question"]}, {"text", view["text"]}, {"contact", view["contact"]}, {"value", view["value"]}};
}

OutlookQuestion ClientDesk::peers_question(ClientId id) const {
  require(actor_, Right::see_contacts);
  OutlookQuestion question;
  question.industry = Clients(session_).find(id).industry;
  question.from = to_day(session_.now());
  question.to = question.from + std::chrono::days(kAhead);
  return question;
}

json ClientDesk::visit_card(ClientId id, double weight, const Outlook& outlook) const {
  require(actor_, Right::see_contacts);
  const Around around = this->around(id);
  const std::string& words = actor_.language;
  const auto questions = questions_of(session_);
  json to_tell = json::array(), open = json::array(), unknown = json::array(), meet = json::array(),
       changed = json::array(), peers = json::array();
  std::optional<Day> last;
  for (const Visit& visit : around.visits)
    if (!visit.contacts.empty()) last = std::max(last.value_or(to_day(visit.at)), to_day(visit.at));
  for (const Visit& visit : around.visits) {
    if (!visit.work || (*visit.work != WorkState::answered && !is_open(*visit.work))) continue;
    json& list = *visit.work == WorkState::answered ? to_tell : open;
    if (list.size() == kShown) continue;
    const WholeInsight whole = Insights(session_).whole(visit.insight);
    json item = brief(whole.insight);
    item["contacts"] = whole.insight.contacts;
    if (!whole.answers.empty() && *visit.work == WorkState::answered)
      item["answer"] = std::string(cut(whole.answers.back().body, kExcerpt));
    if (visit.asked && whole.work) item["ask"] = whole.work->askings.back().question;
    list.push_back(std::move(item));
  }
  for (const Gap& gap : gaps(id, weight, questions))
    if (gap.state != Gap::State::known && unknown.size() < kUnknown) unknown.push_back(gap_view(gap, words));

  std::map<ContactId, json> reasons;
  for (const Ghost& ghost : around.map.ghosts)
    if (ghost.who) reasons[*ghost.who].push_back(to_string(ghost.why));
  for (const Prospect& each : whom_to_meet(around.contacts, around.map.bonds, around.today, around.criteria)) {
    if (meet.size() == kMeet) break;
    const auto found = std::find_if(around.contacts.begin(), around.contacts.end(),
                                    [&](const Contact& contact) { return contact.id == each.contact; });
    const auto why = reasons.find(each.contact);
    meet.push_back({{"contact", around.named(each.contact)},
                    {"role", found->role},
                    {"influence", found->influence},
                    {"why", why == reasons.end() ? json::array() : why->second}});
  }
  // What changed since the last visit: people who came or went, and answers that came.
  for (const Contact& contact : around.contacts) {
    if (last && contact.left_on && *contact.left_on > *last)
      changed.push_back(
          {{"what", "left"}, {"contact", around.named(contact.id)}, {"on", to_string_day(*contact.left_on)}});
    if (last && to_day(contact.created_at) > *last)
      changed.push_back({{"what", "new_contact"},
                         {"contact", around.named(contact.id)},
                         {"on", to_string_day(to_day(contact.created_at))}});
  }
  for (const json& item : to_tell)
    changed.push_back({{"what", "answered"}, {"insight", item["id"]}, {"text", item["text"]}});

  // What others in the industry foresee and this client was not heard on; without naming the others.
  if (!around.client.industry.empty()) {
    const std::string& witness = around.client.group.empty() ? around.client.name : around.client.group;
    for (const Theme& theme : outlook.themes) {
      if (peers.size() == kUnknown) break;
      if (theme.witnesses < 2 || std::find(theme.named.begin(), theme.named.end(), witness) != theme.named.end())
        continue;
      peers.push_back({{"title", theme.title},
                       {"witnesses", theme.witnesses},
                       {"first_said", to_string_day(theme.first_said)},
                       {"likelihood", or_null(theme.likelihood)}});
    }
  }
  return {{"client", around.client},       {"since", day_or_null(last)},    {"to_tell", std::move(to_tell)},
          {"open", std::move(open)},       {"unknown", std::move(unknown)}, {"meet", std::move(meet)},
          {"changed", std::move(changed)}, {"peers", std::move(peers)}};
}

json ClientDesk::departures(std::optional<ClientId> client) const {
  require(actor_, Right::see_contacts);
  std::set<std::pair<InsightId, ContactId>> judged;
  json kept = json::array(), items = json::array();
  for (const Departure& each : Departures(session_).latest(kPeopleNotes)) {
    judged.emplace(each.insight, each.contact);
    const Contact contact = Contacts(session_).find(each.contact);
    if (client && contact.client != *client) continue;
    json view = each;
    view["name"] = contact.name;
    if (kept.size() < kShown) kept.push_back(std::move(view));
  }
  const Contacts contacts(session_);
  for (InsightId id : Departures(session_).people_notes(client, kPeopleNotes)) {
    const Insight insight = Insights(session_).find(id);
    // Who told it first, then everybody else there.
    std::vector<Contact> there;
    for (const ContactName& named : insight.contacts) there.push_back(contacts.find(named.id));
    for (const Contact& each : contacts.of(insight.client))
      if (std::none_of(there.begin(), there.end(), [&](const Contact& known) { return known.id == each.id; }))
        there.push_back(each);
    std::vector<std::string> names;
    for (const Contact& each : there) names.push_back(each.name);
    const auto leaving = leaving_of(insight.title + "\n" + insight.body, names, insight.contacts.size() == 1);
    if (!leaving) continue;
    const Contact& contact = there[leaving->who];
    if (contact.left_on || judged.contains({id, contact.id})) continue;
    const auto known = leaving->to.empty() ? std::nullopt : Clients(session_).find_by_name(leaving->to);
    items.push_back({{"insight", id},
                     {"contact", {{"id", contact.id}, {"name", contact.name}}},
                     {"client", contact.client},
                     {"sentence", leaving->sentence},
                     {"to_client", known ? known->name : leaving->to},
                     {"known", known.has_value()},
                     {"left_on", to_string_day(to_day(insight.recorded_at))}});
  }
  return {{"items", std::move(items)}, {"judged", std::move(kept)}};
}

json ClientDesk::judge_departure(const json& body) {
  require(actor_, Right::keep_accounts);
  record_schema("departure").require(body);
  Departure departure;
  take(body, "insight", departure.insight);
  take(body, "contact", departure.contact);
  take_text(body, "to_client", departure.to_client);
  take_text(body, "sentence", departure.sentence);
  take_name(body, "judgement", departure.state);
  require_reached(session_, actor_, "insight", departure.insight);
  require_reached(session_, actor_, "contact", departure.contact);
  const Insight insight = Insights(session_).find(departure.insight);
  Contacts contacts(session_);
  Contact contact = contacts.find(departure.contact);
  if (insight.client != contact.client) throw invalid("/insight", "is no note of the contact's client");
  std::optional<Day> left_on;
  take_day(body, "left_on", left_on);
  departure.left_on = left_on.value_or(to_day(insight.recorded_at));
  if (departure.state == DepartureState::dismissed) return Departures(session_).keep(departure, actor_);
  if (departure.state != DepartureState::confirmed) throw invalid("/judgement", "is none of confirmed, dismissed");
  if (contact.left_on) throw Refusal(Code::conflict, fmt::format("{} has left already", contact.name));

  departure.made = {{"client", nullptr}, {"contact", nullptr}, {"person", or_null(contact.person)}};
  json opened = nullptr;
  if (!departure.to_client.empty()) {
    Clients clients(session_);
    auto there = clients.find_by_name(departure.to_client);
    if (there && there->id == contact.client) throw invalid("/to_client", "is the client they left");
    if (there && !is_reached(session_, actor_, "client", there->id))
      throw Refusal(Code::forbidden, "a lead must confirm this one", {{"/to_client", "is not for you to open"}});
    if (!there) {
      Client fresh;
      fresh.name = departure.to_client;
      fresh.industry = clients.find(contact.client).industry;
      fresh.owner = actor_.name;
      there = clients.create(fresh, actor_);
      departure.made["client"] = there->id;
    }
    Contact again;
    again.client = there->id;
    again.name = contact.name;
    again.phone = contact.phone;
    again.began_on = departure.left_on;
    again.person = contact.person.value_or(contact.id);
    if (const auto known = contacts.find_by_name(there->id, contact.name)) {
      again = *known;
    } else {
      again = contacts.create(again, actor_);
      departure.made["contact"] = again.id;
    }
    contact.person = contact.person.value_or(contact.id);
    opened = {{"client", {{"id", there->id}, {"name", there->name}}}, {"contact", again}};
  }
  contact.left_on = departure.left_on;
  contacts.change(contact, actor_);
  departure = Departures(session_).keep(departure, actor_);

  const Around around = this->around(contact.client);
  std::set<std::string> concerned;
  if (!around.client.owner.empty()) concerned.insert(around.client.owner);
  for (const Visit& visit : around.visits)
    if (visit.work && *visit.work != WorkState::told && *visit.work != WorkState::declined)
      concerned.insert(visit.author);
  concerned.erase(actor_.name);
  Work note;
  note.insight = insight.id;
  for (const std::string& user : concerned)
    notify(session_, "user:" + user, NoticeKind::departed, note, fmt::format("departed:{}", departure.id),
           {{"reason", contact.name}, {"client", around.client.name}});
  json view = departure;
  view["next"] = around.instead_of(contact.id);
  view["opened"] = std::move(opened);
  view["told"] = concerned.size();
  return view;
}

json ClientDesk::undo_departure(std::int64_t id) {
  require(actor_, Right::keep_accounts);
  require_reached(session_, actor_, "departure", id);
  Departure departure = Departures(session_).find(id);
  if (departure.state != DepartureState::confirmed)
    throw Refusal(Code::conflict, fmt::format("this departure is {}", to_string(departure.state)));
  Contacts contacts(session_);
  Contact contact = contacts.find(departure.contact);
  contact.left_on.reset();
  contact.person.reset();
  take_optional(departure.made, "person", contact.person);
  contacts.change(contact, actor_);
  if (const json& made = departure.made["contact"]; made.is_number()) contacts.remove(made.get<ContactId>(), actor_);
  if (const json& made = departure.made["client"]; made.is_number())
    Clients(session_).remove(made.get<ClientId>(), actor_);
  departure.state = DepartureState::undone;
  departure.made = json::object();
  return Departures(session_).keep(departure, actor_);
}

}  // namespace tidings
