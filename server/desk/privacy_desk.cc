// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/desk/privacy_desk.h"

#include <fmt/format.h>

#include <set>

#include "indexer/base/refusal.h"
#include "indexer/base/text.h"
#include "indexer/ledger/personal_data.h"
#include "indexer/ledger/settings.h"
#include "indexer/model/schema.h"
#include "server/desk/rights.h"

namespace tidings {
namespace {

constexpr const char* kRetention = "retention";
constexpr int kRounds = 5;

json retention_of(Session& session) {
  json days = {{"access", 365}};
  for (const auto& [kind, name] : Names<Kind>::all) days[std::string(name)] = nullptr;
  if (const auto kept = Settings(session).find(kRetention)) days.update(*kept);
  return days;
}

void write_html(const json& value, std::string& out) {
  if (value.is_object()) {
    out += "<dl>";
    for (const auto& [name, part] : value.items()) {
      if (part.is_null() || part == "" || part == json::array()) continue;
      out += "<dt>" + escape_html(name) + "</dt><dd>";
      write_html(part, out);
      out += "</dd>";
    }
    out += "</dl>";
  } else if (value.is_array()) {
    out += "<ol>";
    for (const json& part : value) {
      out += "<li>";
      write_html(part, out);
      out += "</li>";
    }
    out += "</ol>";
  } else {
    out += escape_html(value.is_string() ? value.get<std::string>() : value.dump());
  }
}

}  // namespace

json PrivacyDesk::personal_data(ContactId contact) const {
  require(actor_, Right::lead);
  const PersonalData data(session_);
  return data.held(data.person(contact));
}

std::string PrivacyDesk::personal_data_html(ContactId contact) const {
  const json held = personal_data(contact);
  const bool russian = actor_.language == "ru";
  const std::string title = escape_html(fmt::format("{}: {}", russian ? "Что хранится о человеке" : "What is held on",
                                                    held["contacts"][0]["name"].get<std::string>()));
  std::string out = fmt::format(
      "<!doctype html><html lang=\"{0}\"><head><meta charset=\"utf-8\"><title>{1}</title></head><body><h1>{1}</h1>",
      russian ? "ru" : "en", title);
  struct Part {
    const char *member, *english, *russian;
  };
  for (const Part& part : {Part{"contacts", "The person", "Человек"}, Part{"known_by", "Who knows them", "Кто знаком"},
                           Part{"ties", "Ties to others", "Связи с другими"},
                           Part{"attachments", "Files of notes that name them", "Файлы заметок, где человек назван"},
                           Part{"traces", "Where they are spoken of", "Где о человеке говорится"}}) {
    out += fmt::format("<h2>{}</h2>", russian ? part.russian : part.english);
    write_html(held[part.member], out);
  }
  return out + "</body></html>\n";
}

json PrivacyDesk::retention() const { return retention_of(session_); }

json PrivacyDesk::change_retention(const json& patch) {
  require(actor_, Right::lead);
  record_schema("retention").require(patch);
  json days = retention_of(session_);
  days.update(patch);
  Settings(session_).set(kRetention, days, actor_);
  return days;
}

json PrivacyDesk::accesses(const std::string& user, const std::string& subject, int limit) const {
  require(actor_, Right::lead);
  return {{"items", Accesses(session_).list(user, subject, limit)}};
}

json erase_person(Ledger& ledger, ContactId contact, const Actor& actor) {
  require(actor, Right::lead);
  struct Looked {
    Person person;
    std::vector<Trace> traces;
  };
  const auto look = [&](Session& session) {
    Looked looked;
    looked.person = PersonalData(session).person(contact);
    looked.traces = PersonalData(session).traces(looked.person);
    return looked;
  };
  Looked looked = ledger.read(look);
  const Person person = looked.person;  // by the names that they had
  std::set<InsightId> insights;
  std::size_t rows = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (const Trace& trace : looked.traces)
      if (trace.insight != 0) insights.insert(trace.insight);
    rows += looked.traces.size();
    ledger.write([&](Session& session) { PersonalData(session).erase(person, looked.traces, actor); });
    looked.traces = ledger.read([&](Session& session) { return PersonalData(session).traces(person); });
    if (looked.traces.empty()) {
      ledger.shorten_log();
      return {{"contacts", person.contacts.size()}, {"insights", insights.size()}, {"rows", rows}};
    }
  }
  throw Refusal(Code::conflict, "new notes speak of the person; try again");
}

int remove_old_words(Ledger& ledger, const Clock& clock) {
  constexpr int kBatch = 100;
  const Day today = to_day(clock.now());
  std::vector<InsightId> ids;
  std::optional<Day> seen_before;
  ledger.read([&](Session& session) {
    const json days = retention_of(session);
    for (const auto& [kind, name] : Names<Kind>::all) {
      const json& limit = days[std::string(name)];
      if (!limit.is_number()) continue;
      const auto some = PersonalData(session).older(kind, today - std::chrono::days(limit.get<int>()), kBatch);
      ids.insert(ids.end(), some.begin(), some.end());
    }
    if (days["access"].is_number()) seen_before = today - std::chrono::days(days["access"].get<int>());
  });
  if (ids.empty() && !seen_before) return 0;
  ledger.write([&](Session& session) {
    for (InsightId id : ids) PersonalData(session).remove_words(id, {"system:retention", Role::admin});
    if (seen_before) Accesses(session).forget(*seen_before);
  });
  return static_cast<int>(ids.size());
}

}  // namespace tidings
