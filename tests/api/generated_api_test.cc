// SPDX-License-Identifier: GPL-3.0-or-later
// The API against its own document: for every operation requests are made that its schemas allow, and some that they do
// not. Each answer must be one that the document promises (Contract::judge), and never a 5xx but 503.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <random>

#include "indexer/base/text.h"
#include "tests/api/server.h"

namespace tidings {
namespace {

// Values for JSON Schemas, made by chance; the same seed makes the same ones.
class Maker {
 public:
  Maker(const json& document, std::uint64_t seed) : document_(document), random_(seed) {}

  std::uint64_t below(std::uint64_t end) { return random_() % end; }
  bool one_in(std::uint64_t many) { return below(many) == 0; }
  template <class Container>
  const auto& one_of(const Container& all) {
    return *std::next(std::begin(all), static_cast<std::ptrdiff_t>(below(std::size(all))));
  }

  json value(const json& unresolved, int depth = 0) {
    const json schema = resolved(unresolved);
    if (schema.contains("const")) return schema["const"];
    if (schema.contains("enum")) return one_of(schema["enum"]);
    for (const char* any : {"oneOf", "anyOf"})
      if (schema.contains(any)) return value(one_of(schema[any]), depth);
    json type = schema.value("type", json("object"));
    if (type.is_array()) type = one_of(type);
    if (type == "null") return nullptr;
    if (type == "boolean") return below(2) == 0;
    if (type == "integer" || type == "number") return number(schema, type == "integer");
    if (type == "array") return list(schema, depth);
    if (type == "string") return text(schema);
    return object(schema, depth);
  }

  // Something that the schema hardly allows.
  json wrong(const json& schema) {
    static const json kWrong = {nullptr,
                                true,
                                -1,
                                0,
                                1e300,
                                9223372036854775807,
                                "",
                                "x",
                                std::string(5000, 'y'),
                                "2026-02-30",
                                json::array(),
                                json::array({nullptr}),
                                json::object(),
                                {{"a", {{"b", 1}}}}};
    json made = value(schema);
    if (!made.is_object() || one_in(4)) return one_of(kWrong);
    if (made.empty() || one_in(3))
      made["not_a_member_" + std::to_string(below(9))] = 1;
    else if (one_in(3))
      made.erase(std::next(made.begin(), static_cast<std::ptrdiff_t>(below(made.size()))).key());
    else
      std::next(made.begin(), static_cast<std::ptrdiff_t>(below(made.size()))).value() = one_of(kWrong);
    return made;
  }

  // What a $ref stands for.
  json resolved(const json& schema) {
    if (!schema.contains("$ref")) return schema;
    const std::string to = schema["$ref"];
    if (to.starts_with("#")) return document_.at(json::json_pointer(to.substr(1)));
    return json::parse(read_file(std::filesystem::path(TIDINGS_SOURCE_DIR) / "schemas" / to.substr(2)));
  }

 private:
  json number(const json& schema, bool whole) {
    const double least = schema.value("minimum", 0.0), most = schema.value("maximum", least + 10.0);
    const double made = one_in(5)   ? least
                        : one_in(5) ? most
                                    : least + static_cast<double>(below(1000)) / 999 * (most - least);
    return whole ? json(static_cast<std::int64_t>(made)) : json(made);
  }

  json list(const json& schema, int depth) {
    json made = json::array();
    const auto most = std::min<std::size_t>(schema.value("maxItems", 3U), depth > 3 ? 0 : 3);
    for (auto n = schema.value("minItems", 0U) + below(most + 1); n > 0; --n)
      made.push_back(value(schema.value("items", json{{"type", "string"}}), depth + 1));
    return made;
  }

  json text(const json& schema) {
    static const std::vector<std::string> kTexts = {"pump",
                                                    "Насос течёт",
                                                    "PN-1240/B",
                                                    "Acme",
                                                    "=1+1",
                                                    "<script>alert(1)</script>",
                                                    "\"quoted\" 'x' `y`",
                                                    "line\nbreak",
                                                    "e\xCC\x81\xE2\x80\xAE",
                                                    "admin",
                                                    "triage",
                                                    "a AND (b OR \"c\")",
                                                    "kind:problem date:2026-01..",
                                                    "user:admin",
                                                    "role:lead",
                                                    "x@example.com",
                                                    "https://example.com/hook",
                                                    "\xF0\x9F\x94\xA7 12:30"};
    if (schema.contains("examples") && !one_in(4)) return one_of(schema["examples"]);
    const std::string format = schema.value("format", "");
    if (format == "date") return one_of(std::vector<std::string>{"2026-12-01", "2027-02-28", "2028-02-29"});
    if (format == "date-time") return "2026-11-23T10:15:00Z";
    std::string made = one_of(kTexts);
    while (made.size() < schema.value("minLength", 0U)) made += " and more";
    return std::string(cut(made, schema.value("maxLength", 1000U)));
  }

  json object(const json& schema, int depth) {
    json made = json::object();
    const json members = schema.value("properties", json::object()), required = schema.value("required", json::array());
    for (const auto& [name, member] : members.items()) {
      const bool needed = std::find(required.begin(), required.end(), name) != required.end();
      if (name != "record" && (needed || (depth < 4 && one_in(2)))) made[name] = value(member, depth + 1);
    }
    return made;
  }

  const json& document_;
  std::mt19937_64 random_;
};

// What a PATCH takes: members of the record.
std::string record_of(const std::string& route) {
  for (const auto& [noun, record] :
       {std::pair("/clients/", "client"), std::pair("/contacts/", "contact"), std::pair("/users/", "user"),
        std::pair("/queues/", "queue"), std::pair("/rules/", "rule"), std::pair("/synonyms/", "synonym"),
        std::pair("/themes/", "theme"), std::pair("/webhooks/", "webhook"), std::pair("/insights/", "draft"),
        std::pair("/criteria", "criteria"), std::pair("/retention", "retention")})
    if (route.find(noun) != std::string::npos) return record;
  return "";
}

std::string percent(const std::string& text) {
  std::string out;
  for (const unsigned char c : text)
    out += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return out;
}

}  // namespace

TEST_CASE("requests made from the document are answered as the document says, whatever is in them") {
  constexpr int kEach = 25;
  Server server;
  const json& document = Contract::of_the_api().document();
  const char* seed = std::getenv("TIDINGS_SEED");  // for longer campaigns
  Maker maker(document, seed ? std::strtoull(seed, nullptr, 10) : 1);
  std::vector<std::string> tokens{server.admin_token(),
                                  server.user("lead", "lead"),
                                  server.user("anna", "rep"),
                                  server.user("hans", "technician"),
                                  "",
                                  "tdg_wrong"};
  for (const char* name : {"Acme", "Helios", "Acme twin"}) server.call("POST", "/api/v1/clients", {{"name", name}});
  for (int i = 0; i < 5; ++i)
    server.call("POST", "/api/v1/insights",
                {{"client", "Acme"}, {"body", "pump " + std::to_string(i)}, {"contacts", {"Eva"}}});
  server.settle();

  int requests = 0;
  std::map<int, int> statuses;
  for (const auto& [route, item] : document["paths"].items())
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      std::string verb = method;
      std::transform(verb.begin(), verb.end(), verb.begin(), [](unsigned char c) { return std::toupper(c); });
      const bool slow = route.find("password") != std::string::npos || route == "/api/v1/session" ||
                        route == "/api/v1/router/train" || route == "/api/v1/invitations";
      for (int i = 0; i < (slow ? 3 : kEach); ++i) {
        CAPTURE(route);
        CAPTURE(method);
        std::string path = route;
        for (std::size_t open; (open = path.find('{')) != std::string::npos;) {
          const std::size_t close = path.find('}', open);
          const std::string name = path.substr(open + 1, close - open - 1);
          std::string word;
          // Its own tokens are what the test goes in with.
          if (name == "id" && route.find("/tokens/") == std::string::npos &&
              route.find("/sessions/") == std::string::npos)
            word = maker.one_in(5)
                       ? maker.one_of(std::vector<std::string>{"0", "-1", "x", "987654", "99999999999999999999"})
                       : std::to_string(1 + maker.below(5));
          else if (name == "act")
            word = maker.one_of(
                std::vector<std::string>{"claim", "answer", "tell", "release", "lapse", "nothing", "gather"});
          else
            word =
                maker.one_of(std::vector<std::string>{"987654", "anna", "triage", "nothing", "%D0%B0", "a%00b", "%FF"});
          path.replace(open, close - open + 1, word);
        }
        std::string query;
        for (const auto& named : operation.value("parameters", json::array())) {
          const json parameter = maker.resolved(named);
          if (parameter.value("in", "") == "query" && maker.one_in(3)) {
            const json value = maker.one_in(6) ? json("\xFF wrong") : maker.value(parameter["schema"]);
            query += (query.empty() ? "?" : "&") + parameter["name"].get<std::string>() + "=" +
                     percent(value.is_string() ? value.get<std::string>() : value.dump());
          }
        }
        if (maker.one_in(20)) query += query.empty() ? "?not_known=1" : "&not_known=1";
        httplib::Headers headers;
        if (maker.one_in(6))
          headers.emplace("If-Match", maker.one_of(std::vector<std::string>{"\"v1\"", "*", "v", "\"v9\""}));
        if (maker.one_in(6)) headers.emplace("Idempotency-Key", std::to_string(maker.below(5)));
        server.act_as(maker.one_in(4) ? maker.one_of(tokens) : tokens[0]);
        std::string type, body;
        if (operation.contains("requestBody")) {
          const auto& content = operation["requestBody"]["content"];
          type = content.begin().key();
          json schema = content.begin().value()["schema"];
          const std::string record = verb == "PATCH" ? record_of(route) : "";
          if (!record.empty()) {
            schema = json::parse(
                read_file(std::filesystem::path(TIDINGS_SOURCE_DIR) / "schemas/records" / (record + ".schema.json")));
            schema.erase("required");
          }
          json made = maker.one_in(4) ? maker.wrong(schema) : maker.value(schema);
          if (route == "/api/v1/users/{name}" && made.is_object()) made.erase("active");
          body = made.dump();
          if (maker.one_in(12)) body = body.substr(0, body.size() / 2);
          if (maker.one_in(12)) type = "text/plain";
        }
        const Answered answered = server.send(verb, path + query, body, type, headers);
        ++statuses[answered.status];
        ++requests;
      }
    }
  std::string seen;
  for (const auto& [status, count] : statuses) seen += fmt::format(" {}: {}", status, count);
  MESSAGE(requests, " requests;", seen);
  server.act_as(server.admin_token());
  CHECK(server.call("GET", "/healthz").status == 200);
  CHECK(statuses[200] + statuses[201] + statuses[204] > requests / 5);
}

}  // namespace tidings
