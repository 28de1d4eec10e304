// SPDX-License-Identifier: GPL-3.0-or-later
// A new index is built in bulk, with the feed's place as it was when that began; then the feed is followed from there.
// Writing an insight's document is the same whoever asks for it, so doing it twice after a crash does no harm, and a
// place is only written together with everything before it.
//
// The live segment is committed without waiting for the disk, which makes a note searchable in a few milliseconds. A
// process that is killed loses nothing by that; after the machine itself went down, the live segment is not trusted and
// followed anew from the manifest's place.
#include "indexer/index/follower.h"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/base/log.h"
#include "indexer/base/refusal.h"
#include "indexer/base/secrets.h"
#include "indexer/index/fields.h"
#include "indexer/index/insight_document.h"
#include "indexer/ledger/answers.h"
#include "indexer/ledger/feed.h"
#include "indexer/ledger/insights.h"
#include "indexer/ledger/works.h"

namespace tidings {
namespace {

constexpr int kBatch = 1000;
constexpr Millis kLook{50};       // how often to look for commits of other processes
constexpr Millis kPatience{200};  // before trying again for a lock or a full disk

// Following this many events costs more than building the index anew (and at least a third of it is new).
constexpr std::int64_t kFarBehind = 50'000;
// An index is renewed when so large a part of it is out of order: what is newest is looked for there document by
// document.
constexpr Serial kOutOfOrderShare = 4;
// Numbers that segments may take while an index is renewed; the new one's are above them.
constexpr std::uint64_t kNumbersMeanwhile = 10'000;
constexpr std::chrono::minutes kAgain{10};  // before the index is put in order again after that failed

// Serials are 32 bits, shared by all segments of an open index (see OpenIndex::serial).
constexpr Serial kLastSerial = 200'000'000;

// Why the index cannot be used, or empty.
std::string unfit(const Manifest& manifest, const std::string& ledger, std::int64_t head) {
  if (manifest.format != kIndexFormat)
    return fmt::format("has format {}, this program writes {}", manifest.format, kIndexFormat);
  if (manifest.ledger != ledger) return "belongs to another ledger";
  if (manifest.place > head) return "is ahead of the ledger, which was restored from an older copy";
  if (manifest.filling || manifest.segments.empty()) return "was not built to its end";
  return "";
}

}  // namespace

Follower::Follower(Ledger& ledger, std::filesystem::path folder, Limits limits)
    : ledger_(ledger), folder_(std::move(folder)), limits_(limits) {}

bool Follower::is_open() const { return lock_ && lock_->holds() && (!manifest_ || live_); }

void Follower::close() {
  renewing_.reset();
  folding_.reset();
  live_.reset();
  manifest_.reset();
  in_live_.clear();
  lock_.reset();
}

void Follower::open() {
  close();
  std::string why = std::filesystem::exists(folder_ / "manifest.json") ? "cannot be read" : "is missing";
  lock_.emplace(folder_);
  manifest_ = read_manifest(folder_);
  if (manifest_) {
    const std::int64_t head = ledger_.read([](Session& session) { return Feed(session).head(); });
    why = unfit(*manifest_, ledger_.id(), head);
    if (why.empty()) {
      try {
        remove_unnamed(folder_, *manifest_, UINT64_MAX);
        if (!open_live() || live_place(*live_) <= head) return;
        why = "is ahead of the ledger, which was restored from an older copy";
      } catch (const Xapian::DatabaseLockError&) {
        throw;
      } catch (const Xapian::Error& error) {
        why = fmt::format("cannot be opened ({})", error.get_type());
      }
    }
  }
  spdlog::info("index event=rebuild reason={}", log_value("the index " + why));
  close();
  move_index_away(folder_);
  lock_.emplace(folder_);
}

// Opens the segments, the last of them for writing. True if the live one had to be begun anew.
bool Follower::open_live() {
  std::string why;
  if (manifest_->boot != boot_id()) {
    why = "the machine was started anew since";
  } else {
    try {
      live_.emplace((folder_ / manifest_->segments.back()).string(), Xapian::DB_OPEN | Xapian::DB_NO_SYNC);
      for (auto it = live_->valuestream_begin(kFactsSlot); it != live_->valuestream_end(kFactsSlot); ++it)
        in_live_[unpack(*it).id] = it.get_docid();
    } catch (const Xapian::DatabaseError& error) {
      why = error.get_msg();
    }
  }
  if (!why.empty()) {
    spdlog::info("index event=live_anew reason={}", log_value(why));
    live_.reset();
    in_live_.clear();
    manifest_->segments.pop_back();
    manifest_->birth = random_hex(8);  // serials of the lost segment will be given to other documents
    begin_next_live();
  }
  const OpenIndex index(folder_, *manifest_);
  // Xapian opens a database without these tables as if it had never had any.
  for (std::size_t i = 0; i < index.segments.size(); ++i)
    for (const char* table : {"termlist.glass", "docdata.glass"})
      if (index.segments[i].get_doccount() > 0 && !std::filesystem::exists(folder_ / manifest_->segments[i] / table))
        throw Xapian::DatabaseCorruptError(fmt::format("{} is missing", table));
  next_ = index.last + 1;
  return !why.empty();
}

std::uint64_t Follower::next_number() {
  const std::string making = folding_ ? folding_->into() : "base-0";
  return std::max<std::uint64_t>(manifest_->named, std::stoull(making.substr(making.find('-') + 1))) + 1;
}

void Follower::begin_next_live() {
  manifest_->named = next_number();
  manifest_->boot = boot_id();
  const std::string name = fmt::format("live-{}", manifest_->named);
  begin_live(folder_ / name, manifest_->place);
  manifest_->segments.push_back(name);
  publish(folder_, *manifest_, folding_ ? folding_->into() : "");
  in_live_.clear();
  live_.emplace((folder_ / name).string(), Xapian::DB_OPEN | Xapian::DB_NO_SYNC);
}

bool Follower::step(const Stop& stop, const Progress& progress) {
  if (!is_open()) open();
  if (!manifest_) {
    build(true, stop, progress);
    return true;
  }
  fold();
  const auto head_and_count = [&](bool with_count) {
    return ledger_.read(
        [&](Session& session) { return std::pair(Feed(session).head(), with_count ? Insights(session).count() : 0); });
  };
  const std::int64_t place = live_place(*live_), head = head_and_count(false).first;
  if (place >= head) return false;
  const std::int64_t behind = head - place;
  if ((behind > kFarBehind && behind > head_and_count(true).second / 3) || next_ > kLastSerial) {
    spdlog::info("index event=rebuild reason=\"it is far behind the feed\"");
    build(false, stop, progress);
    return true;
  }
  const std::int64_t reached = follow(place);
  if (!live_) return true;
  if (progress) progress(reached, head);
  if (live_->get_doccount() >= limits_.live) {
    live_->close();
    sync_folder(folder_ / manifest_->segments.back());
    manifest_->place = reached;
    begin_next_live();
  }
  return true;
}

// Writes what the next batch of the feed after `place` touches; how far it reaches.
std::int64_t Follower::follow(std::int64_t place) {
  std::int64_t reached = place;
  const std::set<InsightId> touched = touched_since(place, reached);
  if (std::exchange(erased_, false) && !manifest_->unclean) {
    manifest_->unclean = true;
    publish(folder_, *manifest_, folding_ ? folding_->into() : "");
  }
  write(touched);
  wait_for_standstills(folder_);
  if (lock_->holds()) {
    set_live_place(*live_, reached);
    live_->commit();
    written_ = std::chrono::steady_clock::now();
  } else {
    close();  // the folder was deleted while we wrote: what we wrote is gone, and the next step begins a new one
  }
  return reached;
}

// Begins to renew the index where that is worth it and nothing else is going on; takes over a renewed one.
void Follower::renew() {
  const auto now = std::chrono::steady_clock::now();
  if (renewing_ && renewing_->done()) {
    std::optional<Manifest> renewed;
    try {
      renewed = renewing_->result();
    } catch (const std::exception& error) {
      spdlog::error("index event=renewal_failed error={}", log_value(error.what()));
    } catch (const Xapian::Error& error) {
      spdlog::error("index event=renewal_failed error={}", log_value(error.get_msg()));
    }
    renewing_.reset();
    if (renewed)
      take_over(*renewed);
    else
      renew_after_ = now + kAgain;
  }
  if (!is_open() || !manifest_ || renewing_ || folding_ || now < renew_after_) return;
  const Serial changed = next_ - 1 - manifest_->newest_first;
  const bool disordered = changed >= limits_.out_of_order && changed >= manifest_->newest_first / kOutOfOrderShare &&
                          (now - written_ >= limits_.quiet || changed >= manifest_->newest_first);
  // Deleted documents of whoever was erased must leave the files too.
  if (!disordered && !manifest_->unclean) return;
  spdlog::info("index event=renewing changed={}", changed);
  renewing_ = std::make_unique<Renewal>(ledger_, folder_, next_number() + kNumbersMeanwhile);
}

// Brings a renewed index up to the feed before anybody sees it, and puts it in the place of the one there is.
void Follower::take_over(const Manifest& renewed) {
  live_.reset();
  in_live_.clear();
  manifest_ = renewed;
  open_live();
  for (std::int64_t place = renewed.place;
       place < ledger_.read([](Session& session) { return Feed(session).head(); });) {
    place = follow(place);
    if (!live_) return;
  }
  publish(folder_, *manifest_);
  spdlog::info("index event=renewed insights={}", manifest_->newest_first);
}

void Follower::build(bool show, const Stop& stop, const Progress& progress) {
  renewing_.reset();
  folding_.reset();
  const std::uint64_t named = manifest_ ? next_number() : 0;
  const auto built = build_in_bulk(ledger_, folder_, named, show, stop, progress);
  if (!built || !lock_->holds()) return close();
  live_.reset();
  in_live_.clear();
  manifest_ = built;
  publish(folder_, *manifest_);
  remove_old_indexes(folder_);
  remove_unnamed(folder_, *manifest_, UINT64_MAX);
  open_live();
}

void Follower::fold() {
  const auto now = std::chrono::steady_clock::now();
  if (folding_ && folding_->done()) {
    fold_after_ = now + kAgain;
    folding_->check();
    fold_after_ = now;
    const auto& from = folding_->from();
    auto& segments = manifest_->segments;
    const auto first = std::search(segments.begin(), segments.end(), from.begin(), from.end());
    *first = folding_->into();
    segments.erase(first + 1, first + static_cast<std::ptrdiff_t>(from.size()));
    manifest_->named = std::max(manifest_->named, next_number() - 1);
    folding_.reset();
    publish(folder_, *manifest_);
    spdlog::info("index event=folded segments={}", segments.size());
  }
  if (folding_ || renewing_ || now < fold_after_) return;
  const std::vector<std::string> still(manifest_->segments.begin(), manifest_->segments.end() - 1);
  std::vector<std::size_t> documents;
  if (segments_to_fold(std::vector<std::size_t>(still.size(), 1)) == 0) return;
  for (const std::string& name : still) documents.push_back(Xapian::Database((folder_ / name).string()).get_doccount());
  const auto count = static_cast<std::ptrdiff_t>(segments_to_fold(documents));
  if (count == 0) return;
  folding_ = std::make_unique<Fold>(folder_, std::vector<std::string>(still.end() - count, still.end()),
                                    fmt::format("base-{}", next_number()), manifest_->segments);
}

std::set<InsightId> Follower::touched_since(std::int64_t place, std::int64_t& reached) {
  return ledger_.read([&](Session& session) {
    std::set<InsightId> ids;
    const Insights insights(session);
    const auto add_all = [&](std::optional<ClientId> client, std::optional<ContactId> contact) {
      for (InsightId after = 0;;) {
        const auto some =
            contact ? insights.ids_of_contact(*contact, after, kBatch) : insights.ids(after, kBatch, client);
        if (some.empty()) return;
        ids.insert(some.begin(), some.end());
        after = some.back();
      }
    };
    for (const Event& event : Feed(session).after(place, kBatch, false)) {
      reached = event.seq;
      if (const auto insight = subject_id(event.subject, "insight")) ids.insert(*insight);
      if (const auto work = subject_id(event.subject, "work")) ids.insert(Works(session).find(*work).insight);
      if (const auto answer = subject_id(event.subject, "answer")) ids.insert(Answers(session).find(*answer).insight);
      if (event.kind == "client.changed") add_all(subject_id(event.subject, "client"), {});
      erased_ |= event.kind == "contact.erased";
      if (event.kind == "contact.changed" || event.kind == "contact.erased")
        add_all({}, subject_id(event.subject, "contact"));
    }
    return ids;
  });
}

void Follower::write(const std::set<InsightId>& ids) {
  // A few at a time, so that no snapshot of the ledger is held for long.
  constexpr std::size_t kTogether = 100;
  for (auto id = ids.begin(); id != ids.end();) {
    std::vector<WholeInsight> wholes;
    ledger_.read([&](Session& session) {
      for (; id != ids.end() && wholes.size() < kTogether; ++id) wholes.push_back(Insights(session).whole(*id));
    });
    for (const WholeInsight& whole : wholes) {
      const auto before = in_live_.find(whole.insight.id);
      if (before != in_live_.end()) live_->delete_document(before->second);
      live_->replace_document(next_, to_document(whole));
      in_live_[whole.insight.id] = next_++;
    }
  }
}

void Follower::run(const Stop& stop) {
  bool waits_for_lock = false;
  while (!stop.wished()) {
    const auto seen = ledger_.commits();
    try {
      const bool busy = step(stop, {});
      renew();
      if (waits_for_lock) spdlog::info("index event=lock_taken");
      waits_for_lock = false;
      if (!busy) ledger_.wait_past(seen, kLook);
      stop.wait_for(Ledger::kPace);
      continue;
    } catch (const Xapian::DatabaseLockError&) {
      if (!waits_for_lock) spdlog::info("index event=waits reason=\"another follower keeps the index\"");
      waits_for_lock = true;
    } catch (const Xapian::DatabaseCorruptError& error) {
      spdlog::error("index event=damaged error={}", log_value(error.get_msg()));
      close();
      move_index_away(folder_);
    } catch (const Xapian::Error& error) {
      spdlog::error("index event=failed error={}", log_value(error.get_msg()));
      close();
    } catch (const Refusal& refusal) {
      spdlog::error("index event=waits error={}", log_value(refusal.detail()));
      close();
    } catch (const std::exception& error) {
      // Nothing above this thread could do better than try again; the log says why the index stands still.
      spdlog::error("index event=broken error={}", log_value(error.what()));
      close();
    }
    stop.wait_for(kPatience);
  }
  close();
}

void Follower::catch_up(const Stop& stop, const Progress& progress) {
  try {
    const std::int64_t head = ledger_.read([](Session& session) { return Feed(session).head(); });
    while (!stop.wished())
      if (!step(stop, progress) || (live_ && live_place(*live_) >= head)) break;
    close();
  } catch (const Xapian::DatabaseLockError&) {
    throw Refusal(Code::unavailable, "another follower keeps this index; stop it first, or let it do the work");
  } catch (const Xapian::Error& error) {
    close();
    throw Refusal(Code::unavailable, "the index cannot be written: " + error.get_msg());
  }
}

void Follower::discard() {
  try {
    close();
    const IndexLock lock(folder_);
    move_index_away(folder_);
  } catch (const Xapian::DatabaseLockError&) {
    throw Refusal(Code::unavailable, "another follower keeps this index; stop it first");
  } catch (const Xapian::Error&) {
    move_index_away(folder_);
  }
}

}  // namespace tidings
