// SPDX-License-Identifier: GPL-3.0-or-later
// Many HTTP POSTs under way at once, on one thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "indexer/base/clock.h"

namespace tidings {

struct Post {
  std::string url;
  std::map<std::string, std::string> headers;
  std::string body;
};

struct Posted {
  std::int64_t tag = 0;
  std::optional<int> status;  // HTTP's, if there was an answer
  std::string error;          // in words, if there was none
};

// What may be connected to is decided when the address is known, so that no name can lead elsewhere later. Redirects
// are not followed and proxies of the environment not used; what is answered is thrown away. One thread.
class Posts {
 public:
  // Without `private_too`, only public addresses are connected to.
  explicit Posts(bool private_too);
  ~Posts();

  // Sends `post`; its end bears `tag`. Each ends within kPostTime.
  void start(std::int64_t tag, Post post);
  std::size_t under_way() const;

  // Goes on until something has ended or `time` is over.
  std::vector<Posted> wait(Millis time);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

constexpr Millis kPostTime{15'000};
constexpr Millis kConnectTime{5'000};

}  // namespace tidings
