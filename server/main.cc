// SPDX-License-Identifier: GPL-3.0-or-later
// tidings-server: knowledge is found and acted on.
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/base/stop.h"
#include "indexer/index/follower.h"
#include "indexer/ledger/ledger.h"
#include "server/accounts/foresight_book.h"
#include "server/desk/attendant.h"
#include "server/desk/dispatcher.h"
#include "server/desk/notifier.h"
#include "server/desk/people_desk.h"
#include "server/desk/rights.h"
#include "server/desk/search_desk.h"
#include "server/http/app.h"
#include "server/http/limits.h"
#include "server/sending/mailer.h"
#include "server/sending/webhook_sender.h"

namespace tidings {
namespace {

constexpr int kHeapsAProcessor = 2;
constexpr std::chrono::seconds kTidying{10};

struct Options {
  std::filesystem::path data;
  std::string ledger;
  std::string listen = "127.0.0.1:8080";
  std::string log_level = "info";
  bool without_follower = false;
  bool private_webhooks = false;
  Proxies proxies;
  OpenIdSettings open_id;
  std::filesystem::path open_id_secret_file;
  SmtpServer smtp;
  std::filesystem::path smtp_password_file;
  MailSettings mail;
  int mail_gather = 10;  // minutes
};

// "HOST:PORT", the host maybe in brackets. Throws Refusal: invalid.
std::pair<std::string, int> host_and_port(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  int port = -1;
  try {
    std::size_t read = 0;
    if (colon != std::string::npos) port = std::stoi(listen.substr(colon + 1), &read);
    if (colon == std::string::npos || read + colon + 1 != listen.size()) port = -1;
  } catch (const std::exception&) {
    port = -1;
  }
  if (port < 0 || port > 65535 || colon == 0)
    throw Refusal(Code::invalid, "--listen takes HOST:PORT such as 127.0.0.1:8080, not " + listen);
  std::string host = listen.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {host, port};
}

// Of a file that holds a secret. Throws Refusal: unavailable.
std::string first_line_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw Refusal(Code::unavailable, path.string() + " cannot be read");
  return line;
}

int run(const Options& options) {
  Stop stop;
  const StopOnSignal signals(stop);
  std::error_code error;
  if (std::filesystem::create_directories(options.data, error))
    std::filesystem::permissions(options.data, std::filesystem::perms::owner_all, error);
  if (error)
    throw Refusal(Code::unavailable,
                  "the data folder " + options.data.string() + " cannot be made: " + error.message());

  const SystemClock clock;
  Ledger ledger(options.ledger.empty() ? "sqlite:" + (options.data / "ledger.db").string() : options.ledger, clock);
  Searcher searcher(options.data / "index");
  Diary diary;
  Metrics metrics;
  Follower follower(ledger, options.data / "index");
  begin_vocabulary(ledger);
  Router router(searcher);
  Training training(ledger, router, clock, options.data / "router.model", stop);
  Dispatcher dispatcher(ledger, router, clock);
  Attendant attendant(ledger, searcher, clock);
  Notifier notifier(ledger, searcher, diary);
  AccountBook accounts(ledger, clock);
  ForesightBook foresights(ledger, accounts, clock);
  WebhookSender webhooks(ledger, clock, options.private_webhooks);
  Mailer mailer(ledger, clock, options.mail, [&](const Mail& mail) { send(mail, options.smtp); });
  Door door(ledger);
  OpenIdProvider open_id(options.open_id);
  App app({ledger, searcher, router, training, clock, metrics, diary, accounts, foresights, door,
           options.open_id.issuer.empty() ? nullptr : &open_id, options.private_webhooks,
           options.mail.public_url.starts_with("https://"), options.proxies});

  const auto [host, port] = host_and_port(options.listen);
  const int bound = app.bind(host, port);
  const auto password = make_first_admin(ledger);
  std::cout << "listening on http://" << (host.find(':') == std::string::npos ? host : "[" + host + "]") << ":" << bound
            << "\n";
  if (password) std::cout << "first start: sign in as admin with the password " << *password << " (shown this once)\n";
  std::cout << std::flush;

  std::thread following([&] {
    if (!options.without_follower) follower.run(stop);
  });
  std::thread dispatching([&] { dispatcher.run(stop); });
  std::thread attending([&] { attendant.run(stop); });
  std::thread accounting([&] { accounts.run(stop); });
  std::thread foreseeing([&] { foresights.run(stop); });
  std::thread notifying([&] {
    try {
      searcher.warm();
    } catch (const Refusal& refusal) {
      spdlog::warn("search event=not_warm error={}", log_value(refusal.detail()));
    }
    notifier.run(stop);
  });
  std::thread sending([&] { webhooks.run(stop); });
  std::thread mailing([&] {
    if (!options.smtp.url.empty()) mailer.run(stop);
  });
  std::thread learning([&] { training.run(); });
  std::thread ending([&] {
    while (!stop.wait_for(kTidying)) malloc_trim(0);  // or free memory stays ours wherever something lies above it
    spdlog::info("server event=stopping");
    app.stop();
  });
  app.serve();
  stop.wish();
  ending.join();
  learning.join();
  mailing.join();
  sending.join();
  notifying.join();
  attending.join();
  accounting.join();
  foreseeing.join();
  dispatching.join();
  following.join();
  spdlog::info("server event=stopped");
  return 0;
}

// The system's usual soft limit of 1,024 descriptors is less than the connections that may be open.
void allow_connections() {
  rlimit descriptors{};
  if (getrlimit(RLIMIT_NOFILE, &descriptors) != 0) return;
  descriptors.rlim_cur = std::min<rlim_t>(descriptors.rlim_max, 4 * kMaxConnections);
  setrlimit(RLIMIT_NOFILE, &descriptors);
}

// By default glibc makes eight heaps a processor, each of which stays as large as the largest answers ever made it.
void share_heaps() { mallopt(M_ARENA_MAX, kHeapsAProcessor * static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace
}  // namespace tidings

int main(int argc, char** argv) {
  using namespace tidings;
  allow_connections();
  share_heaps();
  CLI::App app{"Finds what clients said, routes it to those who can solve it, and carries the answer back.",
               "tidings-server"};
  app.get_formatter()->column_width(38);
  Options options;
  app.add_option("--data", options.data, "The data folder; made if it is not there");
  app.add_option("--ledger", options.ledger, "The ledger, sqlite:PATH (default: ledger.db in the data folder)");
  app.add_option("--listen", options.listen,
                 "HOST:PORT; port 0 takes a free one. The address is the first line on standard output")
      ->capture_default_str();
  app.add_option("--log", options.log_level, "debug, info, warn, error or off; on standard error")
      ->capture_default_str();
  app.add_option("--smtp", options.smtp.url, "smtp://HOST:PORT or smtps://HOST:PORT to send mail by; none: no mail");
  app.add_option("--smtp-user", options.smtp.user, "The name to sign in there with");
  app.add_option("--smtp-password-file", options.smtp_password_file, "A file whose first line is the password");
  app.add_option("--mail-from", options.mail.from, "The address that mail comes from");
  app.add_option(
         "--mail-gather", options.mail_gather,
         "Minutes for which notices are gathered before a mail; the next comes after six times as long or later")
      ->capture_default_str()
      ->check(CLI::Range(0, 1440));
  app.add_option("--public-url", options.mail.public_url,
                 "Where people reach the pages: for links in mail and the way back from --open-id");
  app.add_option("--proxy", options.proxies.addresses,
                 "The address of a proxy in front, whose X-Forwarded-For is believed; may be repeated");
  app.add_option("--proxy-user-header", options.proxies.user_header,
                 "The header in which such a proxy names the user who signed in there");
  app.add_option("--open-id", options.open_id.issuer,
                 "The issuer URL of an OpenID Connect provider that people may sign in through; needs --public-url");
  app.add_option("--open-id-client", options.open_id.client, "Our client_id there");
  app.add_option("--open-id-secret-file", options.open_id_secret_file,
                 "A file whose first line is our client_secret there");
  app.add_option("--open-id-claim", options.open_id.claim, "The claim that names the user")->capture_default_str();
  app.add_flag("--private-open-id", options.open_id.private_too, "The provider has a private or loopback address");
  app.add_flag("--private-webhooks", options.private_webhooks, "Webhooks may go to private and loopback addresses too");
  app.add_flag("--without-follower", options.without_follower, "Do not keep the index; tidings-indexer follow does");
  auto* roles = app.add_subcommand("roles", "Print what each role may do");
  try {
    app.parse(argc, argv);
    if (!*roles && options.data.empty()) throw CLI::RequiredError("--data");
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  if (*roles) {
    std::cout << roles_table();
    return 0;
  }
  try {
    start_log(options.log_level);
    if (!options.smtp.url.empty() && options.mail.from.find('@') == std::string::npos)
      throw Refusal(Code::invalid, "--smtp needs --mail-from, the address that mail comes from");
    if (!options.open_id.issuer.empty() && (options.open_id.client.empty() || options.mail.public_url.empty()))
      throw Refusal(Code::invalid, "--open-id needs --open-id-client and --public-url");
    if (!options.smtp_password_file.empty()) options.smtp.password = first_line_of(options.smtp_password_file);
    if (!options.open_id_secret_file.empty()) options.open_id.secret = first_line_of(options.open_id_secret_file);
    options.mail.gathered = std::chrono::minutes(options.mail_gather);
    while (options.mail.public_url.ends_with('/')) options.mail.public_url.pop_back();
    options.open_id.public_url = options.mail.public_url;
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "tidings-server: " << error.what() << "\n";
    return 2;
  }
}
