// SPDX-License-Identifier: GPL-3.0-or-later
// Folding: several segments become one compact one, in a thread of its own, while they go on being read.
#pragma once

#include <atomic>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace tidings {

// Which of the segments that no longer change should be folded, by how many documents each holds, oldest first: the
// number of those at the end, 0 for none. Each document is folded a few times in its life, and there are never many
// segments: the newest ones are folded once they are too many, together with older ones that are not much larger.
std::size_t segments_to_fold(const std::vector<std::size_t>& documents);

class Fold {
 public:
  // Begins to fold `from` (rising serials) into a new segment `into`; `all` are all segments of the index: of documents
  // that a later one replaces, `into` keeps none if they are many.
  Fold(std::filesystem::path folder, std::vector<std::string> from, std::string into, std::vector<std::string> all);
  ~Fold();  // waits for its end
  Fold(const Fold&) = delete;
  Fold& operator=(const Fold&) = delete;

  bool done() const { return done_; }
  // After done(): throws what went wrong (Xapian::Error).
  void check();
  const std::vector<std::string>& from() const { return from_; }
  const std::string& into() const { return into_; }

 private:
  void run();

  std::filesystem::path folder_;
  std::vector<std::string> from_;
  std::string into_;
  std::vector<std::string> all_;
  std::atomic<bool> done_{false};
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace tidings
