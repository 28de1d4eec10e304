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

// Bounded as outbound.h says; what is answered is thrown away. One thread.
class Posts {
 public:
  // Without `private_too`, only public addresses are connected to.
  explicit Posts(bool private_too);
  ~Posts();

  // Sends `post`; its end bears `tag`. Each ends within kOutboundTime (see outbound.h).
  void start(std::int64_t tag, Post post);
  std::size_t under_way() const;

  // Goes on until something has ended or `time` is over.
  std::vector<Posted> wait(Millis time);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tidings
