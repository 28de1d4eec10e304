// SPDX-License-Identifier: GPL-3.0-or-later
#include "indexer/ledger/findings.h"

#include "indexer/ledger/feed.h"
#include "indexer/ledger/sql.h"
#include "indexer/model/fields.h"

namespace tidings {

void to_json(json& out, const Finding& finding) {
  out = {{"id", finding.id},
         {"client", finding.client},
         {"contact", or_null(finding.contact)},
         {"question", finding.question},
         {"insight", or_null(finding.insight)},
         {"sentence", finding.sentence},
         {"said_on", to_string_day(finding.said_on)},
         {"judgement", finding.judgement},
         {"by", finding.by},
         {"at", to_string(finding.at)}};
}

Finding Findings::keep(Finding finding, const Actor& by) {
  return translated([&] {
    finding.by = by.name;
    finding.at = session_.now();
    const std::string state(to_string(finding.judgement)), said_on = to_string_day(finding.said_on);
    const Nullable<std::int64_t> contact(finding.contact), insight(finding.insight);
    const std::int64_t at = to_millis(finding.at);
    if (finding.insight)
      session_.sql()
          << "delete from finding where insight = :insight and question = :question and coalesce(contact, 0) "
             "= coalesce(:contact, 0)",
          use(*finding.insight), use(finding.question), use(contact);
    session_.sql()
        << "insert into finding (client, contact, question, insight, sentence, said_on, state, by_name, at) "
           "values (:client, :contact, :question, :insight, :sentence, :said_on, :state, :by, :at) returning "
           "id",
        use(finding.client), use(contact), use(finding.question), use(insight), use(finding.sentence), use(said_on),
        use(state), use(finding.by), use(at), into(finding.id);
    Feed(session_).append(by, "question.judged", subject("client", finding.client), finding);
    return finding;
  });
}

std::vector<Finding> Findings::of(ClientId client) const {
  return translated([&] {
    std::vector<Finding> all;
    Finding one;
    std::string said_on, state;
    Nullable<std::int64_t> contact, insight;
    std::int64_t at = 0;
    for_each_row(session_.sql(),
                 "select id, client, contact, question, insight, sentence, said_on, state, by_name, at from finding "
                 "where client = :client order by said_on desc, id desc",
                 std::tie(one.id, one.client, contact, one.question, insight, one.sentence, said_on, state, one.by, at),
                 std::tie(client), [&] {
                   one.contact = contact.get();
                   one.insight = insight.get();
                   one.said_on = parse_day(said_on).value();
                   one.judgement = *parse_name<Verdict>(state);
                   one.at = from_millis(at);
                   all.push_back(one);
                 });
    return all;
  });
}

}  // namespace tidings
