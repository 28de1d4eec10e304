// SPDX-License-Identifier: GPL-3.0-or-later
// What clients see coming: their foresights gathered into changes, each with its independent witnesses.
//
// A foresight is a note of kind change. Its terms are the stems of its words and of pairs of neighbouring words. A term
// is worth a theme by how much more often it is in the foresights asked about than in those said before them (Dunning's
// log-likelihood G², Computational Linguistics 19, 1993, over counts of notes), or by its witnesses where there is
// nothing before to compare with; times ln(all foresights / those with the term), as what many speak of anyway says
// little. The best term begins a theme; a term joins the theme with which it shares most notes, if that is at least
// half of the smaller one's and three times what chance would give. So "chip shortage" and "lead times of
// semiconductors" come together where clients speak of both.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "indexer/ledger/reach.h"
#include "indexer/model/insight.h"

namespace tidings {

using TermId = std::uint32_t;

// Stems and pairs of stems by number, with the spelling that most texts have (by Boyer and Moore's vote).
class Terms {
 public:
  // The terms of a text, ascending, each once; new ones are given numbers. Not thread-safe.
  std::vector<TermId> of(const std::string& text);
  // A word, or a pair of words, in any form; nothing if no text had it.
  std::optional<TermId> find(const std::string& words) const;
  const std::string& spelling(TermId id) const { return spellings_[id].words; }
  std::size_t size() const { return spellings_.size(); }

 private:
  struct Spelling {
    std::string words;
    int votes = 0;
  };
  std::unordered_map<std::string, TermId> ids_;
  std::vector<Spelling> spellings_;
};

struct Foresight {
  InsightId insight = 0;
  ClientId client = 0;
  Day said_on{};
  std::optional<Day> from, to;  // the foreseen window
  std::optional<double> likelihood;
  std::string_view industry, queue;  // of names that outlive it
  bool answered = false;
  std::vector<TermId> terms;
};

// Who witnesses for a client, and how far they are believed. Clients of one group are one witness.
struct Witness {
  std::string name;          // of the group, else of the client
  double revenue_share = 0;  // of the client
  // 2 × (came true + 1) / (judged + 2): Laplace's rule of succession, scaled so that 1 is a witness nobody has judged
  // yet.
  double belief = 1;
};
using Witnesses = std::map<ClientId, Witness>;

// A theme that a person gathered: it takes every foresight that holds one of its terms, before all others.
struct GatheredTheme {
  std::int64_t id = 0;
  std::string title;
  std::vector<TermId> terms;
};

struct OutlookQuestion {
  std::string industry;  // empty: all
  Day from{}, to{};      // the foresights asked about: said within, or with a foreseen window that meets these days
  bool said = false;
  int limit = 50;
  std::shared_ptr<const Reach> reach;  // of who asks; none: everything
};

struct Quarter {
  int year = 0, quarter = 0;
  auto operator<=>(const Quarter&) const = default;
};
Quarter quarter_of(Day day);
std::string to_string(const Quarter& quarter);  // "2027-Q1"

enum class Trend { rising, steady, fading };
template <>
struct Names<Trend> {
  static constexpr std::pair<Trend, std::string_view> all[] = {
      {Trend::rising, "rising"}, {Trend::steady, "steady"}, {Trend::fading, "fading"}};
};

struct Theme {
  std::int64_t gathered = 0;  // the gathered theme's id; 0: found
  std::string title;
  std::vector<TermId> terms;         // the one that weighs most first
  double score = 0;                  // G² × ln(…), or witnesses × ln(…)
  int witnesses = 0;                 // independent ones
  double strength = 0;               // the sum of their beliefs
  std::vector<InsightId> insights;   // the latest first
  std::vector<std::string> named;    // the witnesses' names, in the order of their first word
  Day first_said{}, last_said{};     // among all foresights, whatever was asked about
  Trend trend = Trend::steady;       // said more or less often in the later half of the time asked about (G² ≥ 3.84)
  std::optional<double> likelihood;  // the mean of those that give one
  double revenue_share = 0;
  std::map<Quarter, int> heard;                   // notes by the quarter in which they were said
  std::map<Quarter, int> foreseen;                // and by the quarters that their windows meet, at most 12 each
  std::map<std::string, int> industries, queues;  // notes
  int answered = 0;
};

struct RisingTerm {
  TermId term = 0;
  int notes = 0, before = 0, witnesses = 0;
  double score = 0;
};

struct Outlook {
  int foresights = 0, before = 0;  // asked about, and to compare with
  std::vector<Theme> themes;       // gathered ones first, then by score; with two witnesses at least, unless gathered
  std::vector<InsightId> alone;    // in no theme: foreseen by one client only; the latest first
  std::vector<RisingTerm> rising;  // G² ≥ 3.84 and two witnesses; by score
};

// `all` in any order; a foresight whose client is not among `witnesses` is left out.
Outlook outlook_of(const std::deque<Foresight>& all, const Terms& terms, const Witnesses& witnesses,
                   const std::vector<GatheredTheme>& gathered, const OutlookQuestion& question);

// G² of a among n against b among m; negative where it is less often.
double log_likelihood(double a, double n, double b, double m);

}  // namespace tidings
