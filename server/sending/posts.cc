// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/sending/posts.h"

#include <curl/curl.h>

#include <utility>

#include "indexer/base/refusal.h"
#include "server/sending/outbound.h"

namespace tidings {
namespace {

// Reads and forgets, up to a bound.
std::size_t forget(char*, std::size_t size, std::size_t count, void* read) {
  constexpr std::size_t kReadAtMost = 64 << 10;
  std::size_t& all = *static_cast<std::size_t*>(read);
  all += size * count;
  return all > kReadAtMost ? 0 : size * count;
}

struct OneByOne {  // libcurl must be started once before threads use it
  OneByOne() { curl_global_init(CURL_GLOBAL_DEFAULT); }
};

}  // namespace

struct Posts::State {
  struct UnderWay {
    std::int64_t tag = 0;
    Post post;
    CURL* easy = nullptr;
    curl_slist* headers = nullptr;
    bool refused = false;
    std::size_t read = 0;
    UnderWay() = default;
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    ~UnderWay() {
      curl_easy_cleanup(easy);
      curl_slist_free_all(headers);
    }
  };
  bool private_too = false;
  CURLM* multi = nullptr;
  std::map<CURL*, std::unique_ptr<UnderWay>> all;
};

Posts::Posts(bool private_too) : state_(std::make_unique<State>()) {
  static const OneByOne started;
  state_->private_too = private_too;
  state_->multi = curl_multi_init();
  if (!state_->multi) throw Refusal(Code::broken, "libcurl cannot start");
}

Posts::~Posts() {
  for (const auto& [easy, each] : state_->all) curl_multi_remove_handle(state_->multi, easy);
  state_->all.clear();
  curl_multi_cleanup(state_->multi);
}

void Posts::start(std::int64_t tag, Post post) {
  auto each = std::make_unique<State::UnderWay>();
  each->tag = tag;
  each->post = std::move(post);
  CURL* easy = each->easy = curl_easy_init();
  if (!easy) throw Refusal(Code::broken, "libcurl cannot start");
  for (const auto& [name, value] : each->post.headers)
    each->headers = curl_slist_append(each->headers, (name + ": " + value).c_str());
  bound_transfer(easy, each->post.url, state_->private_too, &each->refused);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, each->post.body.c_str());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(each->post.body.size()));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, each->headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, forget);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &each->read);
  curl_multi_add_handle(state_->multi, easy);
  state_->all.emplace(easy, std::move(each));
}

std::size_t Posts::under_way() const { return state_->all.size(); }

std::vector<Posted> Posts::wait(Millis time) {
  std::vector<Posted> ended;
  int running = 0;
  curl_multi_perform(state_->multi, &running);
  if (running > 0 && running == static_cast<int>(state_->all.size())) {
    curl_multi_poll(state_->multi, nullptr, 0, static_cast<int>(time.count()), nullptr);
    curl_multi_perform(state_->multi, &running);
  }
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(state_->multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CURL* easy = message->easy_handle;
    const CURLcode result = message->data.result;
    const auto it = state_->all.find(easy);
    const State::UnderWay& each = *it->second;
    Posted posted{each.tag, {}, ""};
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    if (status > 0)
      posted.status = static_cast<int>(status);
    else
      posted.error = each.refused ? "the address is private: it is not sent there unless --private-webhooks is given"
                                  : curl_easy_strerror(result);
    ended.push_back(std::move(posted));
    curl_multi_remove_handle(state_->multi, easy);
    state_->all.erase(it);
  }
  return ended;
}

}  // namespace tidings
