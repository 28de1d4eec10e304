// SPDX-License-Identifier: GPL-3.0-or-later
// tidings-indexer as scripts use it: exit codes, what goes to standard output, rejects, resuming.
#include <algorithm>

#include "server/desk/privacy_desk.h"
#include "tests/api/server.h"

namespace tidings {

TEST_CASE("exit codes: 0 all kept, 1 some refused, 2 nothing could be done") {
  const TempFolder folder;
  const std::string data = "tidings-indexer --data " + (folder.path() / "data").string() + " ";
  const auto good = folder.write("good.ndjson", "{\"client\":\"A\",\"body\":\"x\"}\n");
  const auto mixed = folder.write("mixed.ndjson", "{\"client\":\"A\",\"body\":\"y\"}\n{\"client\":\"A\"}\n");
  const auto note = folder.write("note.md", "---\nclient: A\n---\n# Title\nbody\n");
  CHECK(run(data + "import " + good.string()).first == 1);  // A is not known
  CHECK(run(data + "import --create-clients " + good.string()).first == 0);
  CHECK(run(data + "import " + mixed.string() + " --rejects " + (folder.path() / "rejects").string()).first == 1);
  const json reject = json::parse(read_file(folder.path() / "rejects"));
  CHECK(reject["line"] == 2);
  CHECK(reject["errors"][0]["detail"] == "lacks the member \"body\"");
  CHECK(reject["record"]["client"] == "A");
  CHECK(run(data + "import " + note.string()).first == 0);
  CHECK(run(data + "import " + (folder.path() / "none.csv").string()).first == 2);
  CHECK(run(data + "import " + folder.write("x.pdf", "x").string()).first == 2);
  CHECK(run(data + "import").first == 2);
  CHECK(run(data + "fly").first == 2);
  CHECK(run("tidings-indexer --help").first == 0);
  CHECK(run(data + "rebuild").first == 0);
  CHECK(run(data + "check").second == "sound: 4 events, 3 insights, and the index agrees\n");
  CHECK(run("tidings-server --data " + (folder.path() / "data").string() + " --listen nonsense").first == 2);
}

TEST_CASE("from standard input, from a line on, and with members set") {
  const TempFolder folder;
  const std::string data = "tidings-indexer --data " + (folder.path() / "data").string() + " ";
  const auto notes = folder.write("notes.ndjson", "{\"body\":\"one\"}\n{\"body\":\"two\"}\n{\"body\":\"three\"}\n");
  CHECK(run(data + "import - --format ndjson --create-clients --set client=A --from 2 < " + notes.string()).first == 0);
  CHECK(run(data + "export").second.find("\"three\"") != std::string::npos);
  CHECK(run(data + "export").second.find("\"one\"") == std::string::npos);
}

TEST_CASE("an import that is asked to stop ends after the batch in hand, and goes on when it is run again") {
  const TempFolder folder;
  std::string notes;
  for (int i = 0; i < 10'000; ++i)
    notes += "{\"client\":\"A\",\"body\":\"note " + std::to_string(i) + std::string(250, '.') + "\"}\n";
  const std::string import = "tidings-indexer --data " + (folder.path() / "data").string() +
                             " import --create-clients " + folder.write("notes.ndjson", notes).string();
  CHECK(run(import + " & sleep 0.7; kill -TERM $!; wait $!").first == 1);
  const std::string data = "tidings-indexer --data " + (folder.path() / "data").string() + " ";
  const auto exported = [&] {
    const std::string text = run(data + "export").second;
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto before = exported();
  CHECK(before < 10'000);
  CHECK(run(import).first == 0);
  CHECK(exported() == 10'002);  // with the client and the queue triage
}

TEST_CASE("user token prints only the token, and it works") {
  const TempFolder folder;
  const std::string data = "tidings-indexer --data " + (folder.path() / "data").string() + " ";
  CHECK(run(data + "user add anna --role rep").first == 0);
  CHECK(run(data + "user add anna --role rep").first == 2);
  CHECK(run(data + "user add bob --role king").first == 2);
  const std::string printed = run(data + "user token anna").second;
  CHECK(printed.size() == 69);
  CHECK(run("tidings-indexer --data " + (folder.path() / "data").string() + " user passwd anna < " +
            folder.write("pw", "a long password\n").string())
            .first == 0);
  Server server(folder.path() / "data");
  CHECK(server.first_password().size() == 16);  // there were people, but no admin among them
  server.act_as(printed.substr(0, 68));
  CHECK(server.call("GET", "/api/v1/session").body["name"] == "anna");
  server.act_as("");
  CHECK(server.call("POST", "/api/v1/session", {{"name", "anna"}, {"password", "a long password"}}).status == 200);
}

TEST_CASE("a backup is restored to a moment, and whoever was erased since stays erased") {
  const TempFolder folder;
  const std::string data = "tidings-indexer --data " + (folder.path() / "data").string() + " ";
  const auto backups = (folder.path() / "backups").string();
  const auto secret = folder.write("secret", "open sesame\n").string();
  const auto import = [&](const char* name, const char* note) {
    CHECK(run(data + "import --create-clients " + folder.write(name, note).string()).first == 0);
  };
  const auto restore = [&](const char* to, const std::string& from) {
    return run("tidings-indexer --data " + (folder.path() / to).string() + " restore " + from).first;
  };
  const auto exported = [&](const char* of) {
    return run("tidings-indexer --data " + (folder.path() / of).string() + " export").second;
  };
  import("1.ndjson", "{\"client\":\"A\",\"contacts\":[\"Eva Brandt\"],\"body\":\"Eva Brandt says one\"}\n");
  CHECK(run(data + "backup --verify " + backups).first == 0);
  import("2.ndjson", "{\"client\":\"A\",\"body\":\"two\"}\n");
  const std::string second = run(data + "backup " + backups).second;
  CHECK(second.starts_with(backups));
  const std::string moment = to_string(SystemClock().now());
  {
    const SystemClock clock;
    Ledger ledger("sqlite:" + (folder.path() / "data" / "ledger.db").string(), clock);
    erase_person(ledger, 1, {"lead", Role::lead});
  }
  CHECK(run(data + "backup " + backups).first == 0);
  CHECK(restore("now", backups) == 0);
  CHECK(restore("now", backups) == 2);  // it is there already
  CHECK(restore("then", "--until " + moment + " " + backups) == 0);
  CHECK(exported("then").find("two") != std::string::npos);
  CHECK(exported("then").find("says one") != std::string::npos);
  CHECK(exported("then").find("Brandt") == std::string::npos);
  CHECK(read_file(folder.path() / "then" / "ledger.db").find("Brandt") == std::string::npos);
  CHECK(restore("never", "--until 2020-01-01T00:00:00Z " + backups) == 2);
  CHECK(run("tidings-indexer --data " + (folder.path() / "then").string() + " rebuild").first == 0);
  CHECK(run("tidings-indexer --data " + (folder.path() / "then").string() + " check").first == 0);
  // Through a pipe, sealed.
  const std::string pipe = data + "backup --passphrase-file " + secret + " - > " + (folder.path() / "sealed").string();
  CHECK(run(pipe).first == 0);
  const std::string sealed = "- < " + (folder.path() / "sealed").string();
  CHECK(restore("piped", sealed) == 2);
  CHECK(restore("piped", "--passphrase-file " + secret + " " + sealed) == 0);
  CHECK(exported("piped").find("two") != std::string::npos);
}

}  // namespace tidings
