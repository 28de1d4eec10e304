// SPDX-License-Identifier: GPL-3.0-or-later
// Files of our own that something else wrote over: the index's manifest, the facts in its documents, the router's
// model (with a digest that fits), backups and their pages. The first byte chooses.
#include <xapian.h>

#include <sstream>

#include "indexer/base/secrets.h"
#include "indexer/index/facts.h"
#include "indexer/index/store.h"
#include "indexer/ledger/backup.h"
#include "server/routing/model.h"
#include "tests/fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace tidings;
  if (size == 0) return 0;
  const std::string_view input = input_of(bytes + 1, size - 1);
  switch (bytes[0] % 5) {
    case 0:
      as_file("manifest.json", input);
      static_cast<void>(read_manifest(fuzz_folder()));
      break;
    case 1: try { unpack(input);
      } catch (const Xapian::DatabaseCorruptError&) {
      }
      break;
    case 2: {
      const auto model = RoutingModel::load(as_file("model", sha256(input) + std::string(input)));
      if (model) model->judge({"pump", "насос", "", ""}, [](const std::string&) { return 0.9; });
      break;
    }
    case 3: {
      std::istringstream in{std::string(input)};
      try {
        const Passphrase none;
        ArchiveIn archive(in, none);
        archive.read_line();
        while (!archive.at_end()) archive.read(1);
      } catch (const Refusal&) {
      }
      break;
    }
    default: {
      const auto to = fuzz_folder() / "restored.db";
      std::filesystem::remove(to);
      std::istringstream in{std::string(input)};
      try {
        unpack_from(in, to, Passphrase());
      } catch (const Refusal&) {
      }
    }
  }
  return 0;
}
