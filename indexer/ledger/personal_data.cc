// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/personal_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "indexer/ledger/attachments.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/relations.h"
#include "indexer/ledger/sql.h"

namespace tidings {
namespace {

// Where people write, or where what they wrote is kept. `insight` and `client`: what a row belongs to, in SQL; 0 or
// null for nothing. Without `client` it is the insight's.
struct Source {
  const char* table;
  std::vector<const char*> columns;
  std::vector<const char*> json_columns;
  std::string insight;
  std::string client = "";
};

const std::vector<Source>& sources() {
  const auto number_in_subject = [](const char* of) {
    return fmt::format("when subject like '{0}:%' then cast(substr(subject, {1}) as integer)", of,
                       std::string(of).size() + 2);
  };
  const auto looked_up = [](const char* of, const char* column) {
    return fmt::format(
        "when subject like '{0}:%' then (select {1} from {0} t where t.id = cast(substr(subject, {2}) as "
        "integer))",
        of, column, std::string(of).size() + 2);
  };
  static const std::vector<Source> kAll{
      {"insight", {"title", "body"}, {"tags"}, "id", "client"},
      {"work", {"reason"}, {"askings"}, "insight"},
      {"answer", {"body", "flag"}, {}, "insight"},
      {"telling", {"whom", "note"}, {}, "(select w.insight from work w where w.id = telling.work)"},
      {"attachment", {"name"}, {}, "insight"},
      {"unsent", {"text"}, {}, "0", "0"},
      {"finding", {"sentence"}, {}, "coalesce(insight, 0)", "client"},
      {"departure", {"sentence"}, {}, "insight"},
      {"notification", {}, {"detail"}, "insight"},
      {"contact", {"role", "note", "plans"}, {}, "0", "client"},
      {"client", {"quiet_reason"}, {}, "0", "id"},
      {"tie", {"note"}, {}, "0", "(select c.client from contact c where c.id = tie.contact)"},
      {"deal", {"title"}, {}, "0", "client"},
      {"saved_search", {"title", "query"}, {}, "0", "0"},
      {"theme", {"title"}, {"terms"}, "0", "0"},
      {"rule", {"name", "query"}, {"tags"}, "0", "0"},
      {"synonym", {"from_words"}, {"words"}, "0", "0"},
      {"event",
       {},
       {"body"},
       fmt::format("coalesce(case {} {} {} end, 0)", number_in_subject("insight"), looked_up("work", "insight"),
                   looked_up("answer", "insight")),
       fmt::format("case {} {} {} {} {} end", number_in_subject("client"), looked_up("contact", "client"),
                   looked_up("insight", "client"),
                   looked_up("work", "(select i.client from insight i where i.id = t.insight)"),
                   looked_up("answer", "(select i.client from insight i where i.id = t.insight)"))},
  };
  return kAll;
}

std::string id_of(const Source& source) { return std::string(source.table) == "event" ? "seq" : "id"; }

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char letter : text) out += letter == '\'' ? "''" : std::string(1, letter);
  return out + "'";
}

template <class Items, class Text>
std::string listed(const Items& items, Text&& text) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + text(item);
  return "(" + (out.empty() ? "null" : out) + ")";
}

// Each string inside rewritten; whether any was.
bool rewrite(json& value, const Mentions& mentions, const std::string& instead, bool close) {
  bool changed = false;
  if (value.is_string()) {
    if (auto text = mentions.without(value.get_ref<const std::string&>(), instead, close)) {
      value = *text;
      changed = true;
    }
  } else if (value.is_structured()) {
    for (auto& part : value) changed |= rewrite(part, mentions, instead, close);
  }
  return changed;
}

// A column's text without the person, nothing if it does not speak of them.
std::optional<std::string> without(const std::string& text, bool is_json, const Mentions& mentions,
                                   const std::string& instead, bool close) {
  if (!is_json) return mentions.without(text, instead, close);
  json value = json::parse(text, nullptr, false);
  if (value.is_discarded() || !rewrite(value, mentions, instead, close)) return std::nullopt;
  return dump(value);
}

std::set<ContactId> ids_of(const Person& person) {
  std::set<ContactId> ids;
  for (const Contact& contact : person.contacts) ids.insert(contact.id);
  return ids;
}

std::set<ClientId> clients_of(const Person& person) {
  std::set<ClientId> ids;
  for (const Contact& contact : person.contacts) ids.insert(contact.client);
  return ids;
}

std::string pseudonym_of(ContactId id) { return fmt::format("contact {}", id); }

std::string number(std::int64_t id) { return std::to_string(id); }

}  // namespace

void to_json(json& out, const Trace& trace) {
  out = {{"in", trace.table},
         {"id", trace.id},
         {"insight", trace.insight == 0 ? json() : json(trace.insight)},
         {"texts", trace.texts}};
}

void to_json(json& out, const Access& access) {
  out = {{"user", access.user},
         {"subject", access.subject},
         {"day", access.day},
         {"times", access.times},
         {"last_at", to_string(access.last_at)}};
}

void Accesses::note(const std::string& user, const std::string& subject, Time at) {
  translated([&] {
    const std::string day = to_string_day(to_day(at));
    const std::int64_t millis = to_millis(at);
    session_.sql()
        << "insert into access (user_name, subject, day, times, last_at) values (:user, :subject, :day, 1, :at) "
           "on conflict (subject, day, user_name) do update set times = access.times + 1, last_at = "
           "excluded.last_at",
        use(user), use(subject), use(day), use(millis);
  });
}

std::vector<Access> Accesses::list(const std::string& user, const std::string& subject, int limit) const {
  return translated([&] {
    std::vector<Access> all;
    Access each;
    std::int64_t at = 0;
    for_each_row(
        session_.sql(),
        "select user_name, subject, day, times, last_at from access where (:user = '' or user_name = :same) and "
        "(:subject = '' or subject = :this) order by last_at desc limit :limit",
        std::tie(each.user, each.subject, each.day, each.times, at), std::tie(user, user, subject, subject, limit),
        [&] {
          each.last_at = from_millis(at);
          all.push_back(each);
        });
    return all;
  });
}

void Accesses::forget(Day before) {
  translated([&] {
    const std::string day = to_string_day(before);
    session_.sql() << "delete from access where day < :day", use(day);
  });
}

Mentions Person::mentions() const {
  std::vector<std::string> names, marks;
  for (const Contact& contact : contacts) {
    if (contact.name != pseudonym_of(contact.id)) names.push_back(contact.name);
    for (const std::string* mark : {&contact.email, &contact.phone})
      if (!mark->empty()) marks.push_back(*mark);
  }
  return {names, marks, shared};
}

std::string Person::pseudonym() const { return pseudonym_of(contacts.front().id); }

Person PersonalData::person(ContactId contact) const {
  return translated([&] {
    Person person;
    std::set<ContactId> known;
    std::vector<ContactId> next{contact};
    while (!next.empty()) {
      const ContactId id = next.back();
      next.pop_back();
      if (!known.insert(id).second) continue;
      const Contact found = Contacts(session_).find(id);
      for (const auto& other : {found.person, found.merged_into})
        if (other) next.push_back(*other);
      ContactId same = 0;
      for_each_row(session_.sql(), "select id from contact where person = :id or merged_into = :also", std::tie(same),
                   std::tie(id, id), [&] { next.push_back(same); });
      person.contacts.push_back(found);
    }
    std::sort(person.contacts.begin(), person.contacts.end(),
              [](const Contact& a, const Contact& b) { return a.id < b.id; });
    std::string name;
    for_each_row(session_.sql(),
                 fmt::format("select name from contact where client in {} and id not in {}",
                             listed(clients_of(person), number), listed(known, number)),
                 std::tie(name), std::tuple(), [&] { person.shared.push_back(name); });
    return person;
  });
}

std::vector<Trace> PersonalData::traces(const Person& person) const {
  return translated([&] {
    std::vector<Trace> traces;
    const Mentions mentions = person.mentions();
    const std::string own = listed(ids_of(person), number), clients = listed(clients_of(person), number);
    for (const Source& source : sources()) {
      std::vector<const char*> columns = source.columns;
      columns.insert(columns.end(), source.json_columns.begin(), source.json_columns.end());
      // Texts close to the person are all looked at; of the others, those that hold a hint.
      std::string hinted = "false";
      for (const char* column : columns)
        for (const std::string& hint : mentions.hints())
          hinted += fmt::format(" or instr({}, {}) > 0", column, quoted(hint));
      const std::string table = source.table;
      const std::string client = source.client.empty()
                                     ? fmt::format("(select i.client from insight i where i.id = {})", source.insight)
                                     : source.client;
      const std::string close = fmt::format("coalesce({}, 0) in {}", client, clients);
      const std::string whose =
          table == "contact" ? "id not in " + own
          : table == "event" ? "body is not null and subject not in " +
                                   listed(ids_of(person), [](ContactId id) { return quoted(subject("contact", id)); })
                             : "true";
      Trace trace;
      trace.table = table;
      std::string joined;
      int is_close = 0;  // SOCI knows no truth values
      // One column of a JSON array, so that a row of any table reads alike.
      std::string all;
      for (const char* column : columns) all += fmt::format("{}coalesce({}, '')", all.empty() ? "" : ", ", column);
      for_each_row(
          session_.sql(),
          fmt::format("select {}, {}, case when {} then 1 else 0 end, json_array({}) from {} where {} and ({} or {})",
                      id_of(source), source.insight, close, all, table, whose, close, hinted),
          std::tie(trace.id, trace.insight, is_close, joined), std::tuple(), [&] {
            trace.texts.clear();
            trace.close = is_close != 0;
            const json texts = json::parse(joined);
            for (std::size_t i = 0; i < columns.size(); ++i) {
              const auto& text = texts[i].get_ref<const std::string&>();
              if (without(text, i >= source.columns.size(), mentions, "", trace.close)) trace.texts[columns[i]] = text;
            }
            if (!trace.texts.empty()) traces.push_back(trace);
          });
    }
    return traces;
  });
}

json PersonalData::held(const Person& person) const {
  json contacts = json::array(), ties = json::array(), known_by = json::array(), attachments = json::array();
  const std::set<ContactId> own = ids_of(person);
  for (const Contact& contact : person.contacts) {
    json each = contact;
    each["client_name"] = Clients(session_).find(contact.client).name;
    contacts.push_back(std::move(each));
    for (const Attachment& attachment : Attachments(session_).of_contact(contact.id)) attachments.push_back(attachment);
  }
  for (ClientId client : clients_of(person)) {
    for (const Tie& tie : Relations(session_).ties(client))
      if (own.contains(tie.contact) || own.contains(tie.other)) ties.push_back(tie);
    for (const Acquaintance& each : Relations(session_).acquaintances(client))
      if (own.contains(each.contact)) known_by.push_back({{"user", each.user}, {"since", to_string_day(each.since)}});
  }
  const auto erased = erasure(person.contacts.front().id);
  return {{"contacts", std::move(contacts)}, {"ties", std::move(ties)},
          {"known_by", std::move(known_by)}, {"attachments", std::move(attachments)},
          {"traces", traces(person)},        {"erased_at", erased ? json(to_string(erased->at)) : json()}};
}

void PersonalData::erase(const Person& person, const std::vector<Trace>& traces, const Actor& by) {
  translated([&] {
    soci::session& sql = session_.sql();
    const Mentions mentions = person.mentions();
    const std::string instead = person.pseudonym(), own = listed(ids_of(person), number);
    const std::int64_t now = to_millis(session_.now());
    std::set<InsightId> insights;
    for (const Trace& trace : traces) {
      if (trace.insight != 0) insights.insert(trace.insight);
      if (trace.table == "event") {
        sql << "update event set body = null, salt = null where seq = :seq", use(trace.id);
        continue;
      }
      const auto source = std::find_if(sources().begin(), sources().end(),
                                       [&](const Source& each) { return trace.table == each.table; });
      for (const auto& [column, seen] : trace.texts) {
        const bool is_json =
            std::find(source->json_columns.begin(), source->json_columns.end(), column) != source->json_columns.end();
        // As it reads now: it may have changed since it was looked at.
        std::string text;
        sql << fmt::format("select {} from {} where id = :id", column, trace.table), use(trace.id), into(text);
        if (!sql.got_data()) continue;
        if (const auto clean = without(text, is_json, mentions, instead, trace.close))
          sql << fmt::format("update {} set {} = :text where id = :id", trace.table, column), use(*clean),
              use(trace.id);
      }
    }
    sql << "update event set body = null, salt = null where subject in " +
               listed(ids_of(person), [](ContactId id) { return quoted(subject("contact", id)); });
    sql << fmt::format("delete from tie where contact in {0} or other in {0}", own);
    sql << "delete from acquaintance where contact in " + own;
    sql << "delete from finding where contact in " + own;
    // What is in a file cannot be mended: it goes where the insight speaks of them.
    std::map<AttachmentId, InsightId> files;
    const auto add_files = [&](const std::vector<Attachment>& all) {
      for (const Attachment& each : all) files.emplace(each.id, each.insight);
    };
    for (InsightId id : insights) add_files(Attachments(session_).of(id));
    for (const Contact& contact : person.contacts) add_files(Attachments(session_).of_contact(contact.id));
    for (const auto& [file, insight] : files) {
      sql << "delete from attachment where id = :id", use(file);
      Feed(session_).append(by, "attachment.removed", subject("insight", insight), {{"id", file}});
    }
    sql << fmt::format(
        "update merger set moved = json_set(moved, '$.filled', json('{{}}')) where what = 'contact' and (kept in {0} "
        "or "
        "lost in {0})",
        own);
    // What is looked up again and again is forgotten rather than mended.
    const auto forget = [&](const char* table, const char* column) {
      std::set<std::string> speaking;
      std::string text;
      for_each_row(sql, fmt::format("select {} from {}", column, table), std::tie(text), std::tuple(), [&] {
        if (mentions.in_query(text)) speaking.insert(text);
      });
      for (const std::string& each : speaking)
        sql << fmt::format("delete from {} where {} = :text", table, column), use(each);
    };
    forget("empty_search", "query");
    forget("past_query", "query");
    // That a request was answered stays known; what was answered need not.
    std::set<std::pair<std::string, std::string>> repeated;
    std::string who, key, body;
    for_each_row(sql, "select actor, key, body from idempotency", std::tie(who, key, body), std::tuple(), [&] {
      if (without(body, true, mentions, instead, true)) repeated.emplace(who, key);
    });
    for (const auto& [actor, request] : repeated)
      sql << "update idempotency set body = '' where actor = :actor and key = :key", use(actor), use(request);
    for (const Contact& contact : person.contacts) {
      const std::string name = pseudonym_of(contact.id);
      sql << "update contact set version = version + 1, name = :name, name_key = :key, role = '', email = '', phone = "
             "'', "
             "note = '', plans = '', plans_on = null where id = :id",
          use(name), use(name), use(contact.id);
      sql << "delete from erasure where contact = :id", use(contact.id);
      sql << "insert into erasure (contact, at, by_name) values (:id, :at, :by)", use(contact.id), use(now),
          use(by.name);
      Feed(session_).append(by, "contact.erased", subject("contact", contact.id), json::object());
    }
    for (InsightId id : insights) {
      sql << "update insight set version = version + 1 where id = :id", use(id);
      Feed(session_).append(by, "insight.erased", subject("insight", id), json::object());
    }
  });
}

std::vector<Erasure> PersonalData::erasures() const {
  return translated([&] {
    std::vector<Erasure> all;
    Erasure each;
    std::int64_t at = 0;
    for_each_row(session_.sql(), "select contact, at, by_name from erasure order by at, contact",
                 std::tie(each.contact, at, each.by), std::tuple(), [&] {
                   each.at = from_millis(at);
                   all.push_back(each);
                 });
    return all;
  });
}

std::optional<Erasure> PersonalData::erasure(ContactId contact) const {
  for (const Erasure& each : erasures())
    if (each.contact == contact) return each;
  return std::nullopt;
}

std::vector<InsightId> PersonalData::older(Kind kind, Day day, int limit) const {
  return translated([&] {
    std::vector<InsightId> ids;
    InsightId id = 0;
    const std::string name(to_string(kind));
    const std::int64_t before = to_millis(Time(day));
    for_each_row(session_.sql(),
                 "select id from insight where removed_at is null and kind = :kind and recorded_at < :before order by "
                 "recorded_at limit :limit",
                 std::tie(id), std::tie(name, before, limit), [&] { ids.push_back(id); });
    return ids;
  });
}

void PersonalData::remove_words(InsightId id, const Actor& by) {
  translated([&] {
    soci::session& sql = session_.sql();
    const std::int64_t now = to_millis(session_.now());
    sql << "update event set body = null, salt = null where subject = 'insight:' || :id", use(id);
    sql << "update event set body = null, salt = null where subject in (select 'work:' || w.id from work w where "
           "w.insight = :id union select 'answer:' || a.id from answer a where a.insight = :also)",
        use(id), use(id);
    sql << "update insight set version = version + 1, title = '', body = '', tags = '[]', removed_at = :now where id = "
           ":id",
        use(now), use(id);
    sql << "update work set reason = '', askings = '[]' where insight = :id", use(id);
    sql << "update answer set body = '', flag = '' where insight = :id", use(id);
    sql << "update telling set whom = '', note = '' where work in (select id from work where insight = :id)", use(id);
    sql << "update departure set sentence = '' where insight = :id", use(id);
    sql << "update notification set detail = '{}' where insight = :id", use(id);
    sql << "delete from finding where insight = :id", use(id);
    sql << "delete from attachment where insight = :id", use(id);
    sql << "delete from insight_contact where insight = :id", use(id);
    Feed(session_).append(by, "insight.removed", subject("insight", id), json::object());
  });
}

}  // namespace tidings
