// SPDX-License-Identifier: GPL-3.0-or-later
// Includes point one way, SQL and Xapian stay in their rooms, and every file carries its licence.
#include <fstream>
#include <map>
#include <regex>

#include "tests/support/support.h"

namespace tidings {
namespace {

// What each folder may include; itself always.
const std::map<std::string, std::vector<std::string>> kMayInclude = {
    {"indexer/base", {}},
    {"indexer/model", {"indexer/base"}},
    {"indexer/ledger", {"indexer/base", "indexer/model"}},
    {"indexer/reading", {"indexer/base", "indexer/model", "indexer/ledger"}},
    {"indexer/index", {"indexer/base", "indexer/model", "indexer/ledger"}},
    {"indexer", {"indexer/base", "indexer/model", "indexer/ledger", "indexer/reading", "indexer/index"}},
    {"server/search", {"indexer/base", "indexer/model", "indexer/ledger", "indexer/index"}},
    {"server/routing", {"indexer/base", "indexer/model", "indexer/ledger", "indexer/index", "server/search"}},
    {"server/accounts", {"indexer/base", "indexer/model", "indexer/ledger", "indexer/index"}},
    {"server/desk",
     {"indexer/base", "indexer/model", "indexer/ledger", "server/search", "server/routing", "server/accounts"}},
    {"server/sending", {"indexer/base", "indexer/model", "indexer/ledger", "server/routing", "server/desk"}},
    {"server/http",
     {"indexer/base", "indexer/model", "indexer/ledger", "indexer/reading", "server/search", "server/routing",
      "server/accounts", "server/desk", "server/sending"}},
    {"server",
     {"indexer/base", "indexer/model", "indexer/ledger", "indexer/index", "server/search", "server/accounts",
      "server/desk", "server/sending", "server/http"}},
};

struct Source {
  std::string folder, name, text;
};

std::vector<Source> sources() {
  std::vector<Source> all;
  const std::filesystem::path root = TIDINGS_SOURCE_DIR;
  for (const char* top : {"indexer", "server"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
      const std::string ending = entry.path().extension();
      if (ending != ".h" && ending != ".cc") continue;
      const auto path = std::filesystem::relative(entry.path(), root);
      all.push_back({path.parent_path().string(), path.string(), read_file(entry.path())});
    }
  return all;
}

}  // namespace

TEST_CASE("no include points back") {
  static const std::regex include(R"re(#include "([^"]+)/[^/"]+")re");
  for (const Source& source : sources()) {
    const auto allowed = kMayInclude.find(source.folder);
    REQUIRE_MESSAGE(allowed != kMayInclude.end(), source.folder, " is no layer");
    for (std::sregex_iterator it(source.text.begin(), source.text.end(), include), end; it != end; ++it) {
      const std::string folder = (*it)[1];
      const bool fine = folder == source.folder ||
                        std::find(allowed->second.begin(), allowed->second.end(), folder) != allowed->second.end();
      CHECK_MESSAGE(fine, source.name, " includes ", folder);
    }
  }
}

TEST_CASE("SQL is spoken in one room, Xapian in two, HTTP in one") {
  const std::map<std::string, std::vector<std::string>> rooms = {
      {"soci", {"indexer/ledger"}},     {"xapian.h", {"indexer/index", "server/search"}},
      {"httplib.h", {"server/http"}},   {"curl/", {"server/sending"}},
      {"magic.h", {"indexer/reading"}}, {"exiv2/", {"indexer/reading"}}};
  for (const Source& source : sources())
    for (const auto& [word, folders] : rooms) {
      if (std::find(folders.begin(), folders.end(), source.folder) != folders.end()) continue;
      CHECK_MESSAGE(source.text.find("#include <" + word) == std::string::npos, source.name, " includes ", word);
    }
}

TEST_CASE("every source file names its licence on its first line") {
  for (const Source& source : sources())
    CHECK_MESSAGE(source.text.starts_with("// SPDX-License-Identifier: GPL-3.0-or-later\n"), source.name);
}

}  // namespace tidings
