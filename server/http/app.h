// SPDX-License-Identifier: GPL-3.0-or-later
// From a socket to a handler and back: who is asking, what they sent, which route, and what is written of it in the
// log.
#pragma once

#include <httplib.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"
#include "indexer/ledger/ledger.h"
#include "indexer/model/user.h"
#include "server/accounts/foresight_book.h"
#include "server/desk/diary.h"
#include "server/desk/sign_in_desk.h"
#include "server/desk/training.h"
#include "server/http/bounded_server.h"
#include "server/http/metrics.h"
#include "server/http/parameters.h"
#include "server/http/problem.h"
#include "server/search/searcher.h"
#include "server/sending/open_id.h"

namespace tidings {

// Proxies in front whose word is taken for where a request comes from (X-Forwarded-For), and, with `user_header`, for
// who asks.
struct Proxies {
  std::vector<std::string> addresses;
  std::string user_header;
};

// Where pages wait for changes; asking there alone does not keep a sign-in alive.
constexpr const char* kChanges = "/api/v1/changes";

// What the handlers work with. All of it may be used from any thread.
struct Parts {
  Ledger& ledger;
  const Searcher& searcher;
  const Router& router;
  Training& training;
  const Clock& clock;
  Metrics& metrics;
  Diary& diary;
  AccountBook& accounts;
  ForesightBook& foresights;
  Door& door;
  OpenIdProvider* open_id = nullptr;  // none: people sign in here
  bool private_webhooks = false;      // webhooks may go to private addresses too
  bool over_tls = false;              // browsers reach us by https alone
  Proxies proxies;
};

// One request on its way through a handler.
struct Context {
  Parts& parts;
  const httplib::Request& request;
  Actor actor;                     // nobody ("" ) on open routes
  std::string cookie;              // the sign-in's value, if that is how they came
  std::vector<std::string> words;  // what stood for {…} in the path
  std::string body;

  Caller caller() const;
  std::string cookie_called(const std::string& name) const;  // empty if there is none
  Parameters parameters() const { return Parameters(request); }
  std::int64_t id(std::size_t word = 0) const;   // Refusal: not_found, for what is no number
  json read_body() const;                        // an empty body is {}; Refusal: invalid, unsupported (not JSON)
  std::optional<std::int64_t> if_match() const;  // of If-Match: "v3"; Refusal: invalid

  // What the actor reaches of the ledger, and of what is kept in memory.
  template <class F>
  auto read(F&& look) const {
    return parts.ledger.read_as(actor, std::forward<F>(look));
  }
  std::shared_ptr<const Reach> reach() const { return parts.ledger.reach(actor); }
  std::shared_ptr<const AccountBook::States> states() const { return reached(parts.accounts.states()); }
  std::shared_ptr<const AccountBook::States> recent_states() const { return reached(parts.accounts.recent_states()); }
  std::shared_ptr<const AccountBook::States> reached(const std::shared_ptr<const AccountBook::States>& states) const;
  // Runs `change(Session&) -> Reply` in the lane. With an Idempotency-Key, the reply is kept with the change and given
  // again for the same request; Refusal: conflict for another request under the same key.
  Reply write(const std::function<Reply(Session&)>& change) const;
};

using Handler = Reply (*)(Context&);

struct Endpoint {
  const char* method;
  const char* pattern;  // such as /api/v1/insights/{id}
  // Who may ask at all. `whoever`: nobody needs to sign in, and who has is known; `import`: a lead, and the body is
  // streamed.
  enum class Asks { nobody, whoever, anybody, import } asks;
  Handler handler;
};

// All of them, on one screen (routes.cc).
const std::vector<Endpoint>& endpoints();

class App {
 public:
  explicit App(Parts parts);

  // Binds to host and port (0: any free one); the port. Throws Refusal: unavailable.
  int bind(const std::string& host, int port);
  void serve();  // until stop()
  void stop();   // from any thread: finishes requests in hand

 private:
  void answer(const httplib::Request& request, httplib::Response& response, const httplib::ContentReader* reader);
  Reply reply_to(const httplib::Request& request, const httplib::ContentReader* reader, const Endpoint*& endpoint,
                 Actor& actor);
  void identify(Context& context) const;
  void identify_if_possible(Context& context) const;
  std::string read_body(const httplib::Request& request, const httplib::ContentReader& reader) const;

  Parts parts_;
  BoundedServer server_;
};

}  // namespace tidings
