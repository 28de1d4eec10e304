// SPDX-License-Identifier: GPL-3.0-or-later
// Webhooks, mail and calendars. That real receivers understand them is seen to in tests/systems.
#include <arpa/inet.h>
#include <netinet/in.h>

#include "indexer/base/secrets.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/mailings.h"
#include "indexer/ledger/outbox.h"
#include "indexer/ledger/searches.h"
#include "server/desk/people_desk.h"
#include "server/sending/addresses.h"
#include "server/sending/calendar.h"
#include "server/sending/mailer.h"
#include "server/sending/sentences.h"
#include "server/sending/webhook_desk.h"
#include "server/sending/webhook_sender.h"
#include "tests/support/support.h"

namespace tidings {
namespace {

bool is_public(const char* text) {
  sockaddr_in in4{};
  in4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text, &in4.sin_addr) == 1) return tidings::is_public(reinterpret_cast<sockaddr*>(&in4));
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  REQUIRE(inet_pton(AF_INET6, text, &in6.sin6_addr) == 1);
  return tidings::is_public(reinterpret_cast<sockaddr*>(&in6));
}

json create_webhook(House& house, const json& body, bool private_too = false) {
  return house.ledger.write([&](Session& session) { return WebhookDesk(session, kAdmin, private_too).create(body); });
}

// A house with a mailer whose mails are kept.
struct PostOffice : House {
  PostOffice() {
    ledger.write([](Session& session) {
      User rep{.name = "rep-1", .role = Role::rep, .full_name = "Анна Вебер"};
      rep.email = "anna@example.org";
      rep.language = "ru";
      rep.working.zone = "Europe/Berlin";
      rep.working.days = {1, 2, 3, 4, 5};
      rep.mails = {"answered", "asked"};
      People(session).create(rep, "", kAdmin);
      People(session).create({.name = "tech-1", .role = Role::technician}, "", kAdmin);
    });
  }
  WorkId answered(const std::string& client) {
    const InsightId id = keep({{"client", client}, {"body", "The seal leaks"}, {"author", "rep-1"}});
    route();
    const WorkId work = work_of(id).id;
    act(work, WorkAct::claim, kTech);
    act(work, WorkAct::answer, kTech, {{"body", "Blue seal"}});
    return work;
  }
  int at(const char* time) {
    clock.advance(*parse_time(time) - clock.now());
    return mailer.step();
  }
  std::vector<Mail> mails;
  bool fails = false;
  Mailer mailer{ledger, clock, {"tidings@example.org", "https://tidings.example.org"}, [this](const Mail& mail) {
                  if (fails) throw Refusal(Code::unavailable, "no");
                  mails.push_back(mail);
                }};
};

}  // namespace

TEST_CASE("which addresses are public") {
  for (const char* text :
       {"8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"})
    CHECK_MESSAGE(is_public(text), text);
  for (const char* text : {"127.0.0.1",
                           "127.8.9.1",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.1.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "198.18.0.1",
                           "192.0.2.1",
                           "203.0.113.9",
                           "224.0.0.1",
                           "255.255.255.255",
                           "::1",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::1",
                           "2002:0a00:1::1",
                           "2001:db8::1",
                           "2001:0:1::1",
                           "::127.0.0.1",
                           "fec0::1"})
    CHECK_MESSAGE(!is_public(text), text);
}

TEST_CASE("a webhook to a private address is refused, however it is written, unless that is allowed") {
  House house;
  for (const char* url : {"http://127.0.0.1/x", "http://localhost:8080/", "http://[::1]/", "https://10.0.0.8/",
                          "http://0x7f.1/", "http://2130706433/", "http://foo.localhost/", "ftp://example.org/",
                          "http://user:pass@example.org/", "example", "http://", "file:///etc/passwd"})
    CHECK_MESSAGE(
        [&] {
          try {
            create_webhook(house, {{"url", url}, {"kinds", {"*"}}});
          } catch (const Refusal& refusal) {
            return refusal.code() == Code::invalid && refusal.faults().at(0).pointer == "/url";
          }
          return false;
        }(),
        url);
  CHECK(create_webhook(house, {{"url", "http://127.0.0.1/x"}, {"kinds", {"*"}}}, true)["id"] == 1);
  CHECK(create_webhook(house, {{"url", "https://example.org/x"}, {"kinds", {"*"}}})["id"] == 2);
  CHECK_REFUSED(create_webhook(house, {{"url", "https://example.org/x"}, {"kinds", {"Work"}}}), Code::invalid);
  CHECK_REFUSED(house.ledger.write([&](Session& session) {
    return WebhookDesk(session, kLead, false).create({{"url", "https://example.org"}, {"kinds", {"*"}}});
  }),
                Code::forbidden);
  // A name that leads to a private address is stopped when it is known where it leads.
  Posts posts(false);
  posts.start(7, {"http://localhost:9/x", {}, "{}"});
  std::vector<Posted> ended;
  while (ended.empty()) ended = posts.wait(Millis(1000));
  CHECK(ended[0].tag == 7);
  CHECK_FALSE(ended[0].status);
  CHECK(ended[0].error.find("private") != std::string::npos);
}

TEST_CASE("the outbox is written with the event, for who wants its kind, or not at all") {
  House house;
  const json all = create_webhook(house, {{"url", "https://example.org/all"}, {"kinds", {"*"}}});
  const json work =
      create_webhook(house, {{"url", "https://example.org/work"}, {"kinds", {"work.placed", "answer.*"}}});
  create_webhook(house, {{"url", "https://example.org/off"}, {"kinds", {"*"}}, {"enabled", false}});
  const auto kinds = [&](const json& webhook) {
    std::vector<std::string> names;
    for (const Delivery& each :
         house.ledger.read([&](Session& session) { return Outbox(session).list(webhook["id"], {}, 0, 100); }))
      names.insert(names.begin(), each.kind);
    return names;
  };
  const auto before = kinds(all).size();
  house.keep({{"client", "Acme"}, {"body", "x"}});
  house.route();
  CHECK(kinds(work) == std::vector<std::string>{"work.placed"});
  CHECK(kinds(all).size() == before + 3);  // client.created, insight.kept, work.placed
  CHECK_THROWS(house.ledger.write([](Session& session) {
    Insights(session).keep(to_draft({{"client", "Acme"}, {"body", "y"}}), {true}, kRep);
    throw Refusal(Code::conflict, "no");
  }));
  CHECK(kinds(all).size() == before + 3);
  CHECK(all["secret"].get<std::string>().starts_with("whsec_"));
  const json listed = house.ledger.read([](Session& session) { return WebhookDesk(session, kAdmin, false).list(); });
  CHECK(listed.dump().find("whsec_") == std::string::npos);
  const auto events = house.ledger.read([](Session& session) { return Feed(session).after(0, 100, true); });
  for (const Event& event : events) CHECK(dump(event).find("whsec_") == std::string::npos);
}

TEST_CASE("a message is signed with the new secret and, for a day, with the old one too") {
  House house;
  const json webhook = create_webhook(house, {{"url", "https://example.org/"}, {"kinds", {"client.created"}}});
  house.keep({{"client", "Acme"}, {"body", "x"}});
  const json rotated =
      house.ledger.write([&](Session& session) { return WebhookDesk(session, kAdmin, false).rotate(1); });
  const auto parcels = house.ledger.write(
      [&](Session& session) { return Outbox(session).take({}, 10, house.clock.now() + std::chrono::minutes(1)); });
  REQUIRE(parcels.size() == 1);
  CHECK(house.ledger.write([&](Session& session) { return Outbox(session).take({}, 10, house.clock.now()); }).empty());
  const auto signed_at = [&](Time now) { return to_post(parcels[0], "abc", now); };
  const Post post = signed_at(house.clock.now());
  const std::string message =
      post.headers.at("webhook-id") + "." + post.headers.at("webhook-timestamp") + "." + post.body;
  const auto sign = [&](const json& secret) {
    return "v1," + hmac_sha256(secret.get<std::string>().substr(6), message);
  };
  CHECK(post.headers.at("webhook-signature") == sign(rotated["secret"]) + " " + sign(webhook["secret"]));
  CHECK(post.headers.at("webhook-id") == "tidings_abc_" + std::to_string(parcels[0].event.seq));
  CHECK(json::parse(post.body)["type"] == "client.created");
  CHECK(json::parse(post.body)["data"]["body"]["name"] == "Acme");
  CHECK(signed_at(house.clock.now() + std::chrono::hours(25)).headers.at("webhook-signature").find(' ') ==
        std::string::npos);
}

TEST_CASE("what is not taken is sent again, ever more seldom, for three days, and then parked") {
  Delivery delivery;
  const Time begin = *parse_time("2026-11-23T10:00:00Z");
  delivery.created_at = delivery.next_at = begin;
  Time before = begin;
  while (delivery.state == DeliveryState::pending) {
    const Time now = delivery.next_at;
    CHECK(now - before <= std::chrono::hours(11) + std::chrono::minutes(1));
    before = now;
    delivery = after_attempt(delivery, {1, 503, ""}, now);
  }
  CHECK(delivery.state == DeliveryState::parked);
  CHECK(delivery.attempts >= 12);
  CHECK(delivery.attempts <= 14);
  CHECK(before - begin > std::chrono::hours(60));
  CHECK(before - begin <= kTriedFor);
  CHECK(delivery.error == "it answered 503");
  delivery = Delivery{};
  delivery.created_at = begin;
  CHECK(after_attempt(delivery, {1, 204, ""}, begin).state == DeliveryState::delivered);
  CHECK(after_attempt(delivery, {1, 410, ""}, begin).state == DeliveryState::parked);
  CHECK(after_attempt(delivery, {1, 302, ""}, begin).state == DeliveryState::pending);
  CHECK(after_attempt(delivery, {1, {}, "no route"}, begin).error == "no route");
}

TEST_CASE(
    "notices are mailed gathered, in working hours, in the reader's language, once, and those of the kinds they "
    "chose") {
  PostOffice office;
  CHECK(office.at("2026-11-23T09:00:00Z") == 0);  // from now on
  office.answered("Acme");
  office.answered("Borg");
  CHECK(office.at("2026-11-23T09:05:00Z") == 0);  // gathered first
  CHECK(office.at("2026-11-23T09:10:00Z") == 1);
  CHECK(office.at("2026-11-23T09:11:00Z") == 0);
  REQUIRE(office.mails.size() == 1);
  const Mail& mail = office.mails[0];
  CHECK(mail.to == "anna@example.org");
  CHECK(mail.subject == "Tidings: новости для вас: 2");
  CHECK(mail.text.find("Есть ответ, расскажите клиенту: Acme, The seal leaks (очередь triage)") != std::string::npos);
  CHECK(mail.text.find("Borg") != std::string::npos);
  CHECK(mail.text.find("https://tidings.example.org/#/insight/1") != std::string::npos);
  // The next comes an hour later at the earliest, and not at night.
  office.answered("Corto");
  CHECK(office.at("2026-11-23T09:30:00Z") == 0);
  CHECK(office.at("2026-11-23T16:30:00Z") == 0);
  CHECK(office.at("2026-11-24T07:00:00Z") == 0);
  CHECK(office.at("2026-11-24T08:00:00Z") == 1);
  // What a mail server does not take comes later; what was seen meanwhile does not come at all.
  office.answered("Delta");
  office.fails = true;
  CHECK(office.at("2026-11-24T12:00:00Z") == 0);
  office.fails = false;
  CHECK(office.at("2026-11-24T12:01:00Z") == 0);
  CHECK(office.at("2026-11-24T12:03:00Z") == 1);
  office.answered("Echo");
  office.ledger.write([](Session& session) { Notifications(session).see("rep-1", 1000); });
  CHECK(office.at("2026-11-24T15:00:00Z") == 0);
}

TEST_CASE("a summary comes once a week, on its first working morning") {
  PostOffice office;
  office.ledger.write([](Session& session) {
    PeopleDesk(session, {"rep-1", Role::rep}).change_user("rep-1", {{"digest", true}, {"mails", json::array()}}, {});
  });
  office.answered("Acme");
  CHECK(office.at("2026-11-23T10:00:00Z") == 1);
  CHECK(office.mails[0].text.find("Рассказать Acme: The seal leaks") != std::string::npos);
  CHECK(office.at("2026-11-27T10:00:00Z") == 0);
  CHECK(office.at("2026-11-29T10:00:00Z") == 0);  // Sunday
  CHECK(office.at("2026-11-30T07:59:00Z") == 0);
  CHECK(office.at("2026-11-30T08:00:00Z") == 1);
  CHECK(office.mails[1].text.find("ждёт дней: 6") != std::string::npos);
  CHECK(office.at("2026-12-01T08:00:00Z") == 0);
}

TEST_CASE("a mail on the wire is well-formed, and no address can slip a header in") {
  Mail mail;
  mail.from = "tidings@example.org";
  mail.to = "anna@example.org";
  mail.to_name = "Анна\r\nBcc: evil@example.org";
  mail.subject = "Новости\r\nBcc: evil@example.org";
  mail.text = "Строка\n.\nещё";
  mail.language = "ru";
  mail.id = "x-1";
  mail.at = *parse_time("2026-11-23T10:00:00Z");
  const std::string wire = to_wire(mail);
  CHECK(wire.find("\nBcc:") == std::string::npos);
  CHECK(wire.find("Message-Id: <x-1@example.org>") != std::string::npos);
  CHECK(wire.find("Auto-Submitted: auto-generated") != std::string::npos);
  mail.to = "anna@example.org\r\nRCPT TO:<evil@example.org>";
  CHECK_REFUSED(to_wire(mail), Code::invalid);
}

TEST_CASE("a calendar holds what is foreseen, what is due and whom to tell; its address is secret and can be changed") {
  PostOffice office;
  office.answered("Acme");
  office.keep({{"client", "Borg, Ltd; x"},
               {"author", "rep-1"},
               {"kind", "change"},
               {"title", "Новый закон\nо воде"},
               {"body", "b"},
               {"foreseen", {{"from", "2027-03-01"}, {"to", "2027-03-31"}}}});
  office.keep({{"client", "Other"}, {"author", "rep-2"}, {"body", "b"}, {"foreseen", {{"from", "2027-03-01"}}}});
  const auto calendar = [&](const std::string& name) {
    return office.ledger.read(
        [&](Session& session) { return calendar_of(session, People(session).find(name), "ledger"); });
  };
  const std::string text = calendar("rep-1");
  CHECK(text.starts_with("BEGIN:VCALENDAR\r\n"));
  CHECK(text.find("UID:foreseen-2@ledger\r\n") != std::string::npos);
  CHECK(text.find("DTEND;VALUE=DATE:20270401\r\n") != std::string::npos);
  CHECK(text.find("UID:tell-1@ledger\r\n") != std::string::npos);
  CHECK(text.find("Other") == std::string::npos);
  for (std::size_t at = 0; at < text.size();) {  // lines of 75 bytes at most
    const std::size_t end = text.find("\r\n", at);
    CHECK(end - at <= 75);
    at = end + 2;
  }
  office.route();
  const WorkId work = office.work_of(2).id;
  office.act(work, WorkAct::claim, kTech);
  CHECK(calendar("tech-1").find("UID:work-" + std::to_string(work) + "@ledger") != std::string::npos);
  const auto renew = [&] {
    return office.ledger.write([](Session& session) { return CalendarAddresses(session).renew("rep-1"); });
  };
  const auto owner = [&](const std::string& secret) {
    return office.ledger.read([&](Session& session) { return CalendarAddresses(session).user_of(secret).has_value(); });
  };
  const std::string first = renew(), second = renew();
  CHECK_FALSE(owner(first));
  CHECK(owner(second));
  CHECK_FALSE(owner(""));
}

TEST_CASE("every kind of notice and of follow-up has its sentence in both languages") {
  for (const std::string language : {"en", "ru"}) {
    for (const auto& [kind, name] : Names<NoticeKind>::all) {
      Notification notice;
      notice.kind = kind;
      notice.detail = json::object();
      CHECK(!sentence_of(language, notice, "Acme", "x").empty());
    }
    for (const auto& [what, name] : Names<FollowUp::What>::all) {
      FollowUp follow_up;
      follow_up.what = what;
      CHECK(!sentence_of(language, follow_up, Time{}).empty());
    }
  }
}

}  // namespace tidings
