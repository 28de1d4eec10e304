// SPDX-License-Identifier: GPL-3.0-or-later
// Posting sources: what the tables know, offered to Xapian's matcher as if it were postings.
#pragma once

#include <xapian.h>

#include <functional>
#include <memory>
#include <vector>

#include "indexer/ledger/reach.h"
#include "server/search/tables.h"

namespace tidings {

// What one search sees: an open index, the tables that cover it (both outlive the sources), and who asks.
struct Sight {
  const OpenIndex& index;
  const Tables& tables;
  std::shared_ptr<const Reach> reach;  // none: everything
  Serial last() const { return index.last; }
  // Whether a document is there for who asks: it counts (see Tables), and is within reach.
  bool shows(Serial serial) const {
    return tables.counts(serial, last()) &&
           (!reach || reach->reaches(tables.insight(serial), tables.client_id(serial)));
  }
};

// The place in index.segments of the one that holds a document. Throws Xapian::DocNotFoundError.
std::size_t segment_of(const Sight& sight, Serial serial);

// Documents of one segment after another; says which qualify.
class SerialSource : public Xapian::PostingSource {
 public:
  explicit SerialSource(const Sight& sight) : sight_(sight) {}

  void init(const Xapian::Database& segment) override;
  Xapian::doccount get_termfreq_min() const override { return 0; }
  Xapian::doccount get_termfreq_est() const override { return std::min(estimate_, documents_); }
  Xapian::doccount get_termfreq_max() const override { return documents_; }
  void next(double min_weight) override { move(at_ + 1, min_weight); }
  void skip_to(Xapian::docid serial, double min_weight) override { move(std::max<Serial>(serial, at_), min_weight); }
  bool check(Xapian::docid serial, double min_weight) override;
  bool at_end() const override { return at_ > segment_last_; }
  Xapian::docid get_docid() const override { return at_; }

 protected:
  // The first serial from `from` to `to` that qualifies, or to + 1.
  virtual Serial find(Serial from, Serial to, double min_weight) const = 0;
  // Whether this one does.
  virtual bool is_one(Serial serial, double min_weight) const;

  Sight sight_;
  Xapian::doccount estimate_ = UINT32_MAX;
  Serial at_ = 0;

 private:
  void move(Serial to, double min_weight);
  Serial segment_last_ = 0;
  Xapian::doccount documents_ = 0;
};

// Documents for which `is_wanted` holds. No weight.
class ChoiceSource : public SerialSource {
 public:
  using Choice = std::function<bool(const Tables&, Serial)>;
  // `estimate`: about how many there are.
  ChoiceSource(const Sight& sight, Choice is_wanted, Xapian::doccount estimate);
  ChoiceSource* clone() const override { return new ChoiceSource(sight_, is_wanted_, estimate_); }
  double get_weight() const override { return 0; }

 protected:
  Serial find(Serial from, Serial to, double min_weight) const override;

 private:
  Choice is_wanted_;
};

// Documents with any of several common stems, weighted as BM25 weights their sum.
class ColumnSource : public SerialSource {
 public:
  struct Stem {
    const Column* column = nullptr;
    std::vector<double> weights;  // by stored count, 256 of them, rising
  };
  // `bound`: what no document exceeds (see below).
  ColumnSource(const Sight& sight, std::shared_ptr<const std::vector<Stem>> stems, double bound,
               Xapian::doccount estimate);
  ColumnSource* clone() const override { return new ColumnSource(sight_, stems_, bound_, estimate_); }
  void init(const Xapian::Database& segment) override;
  double get_weight() const override { return weight(at_); }
  // What no document's weight exceeds; about 10 ns a stem and hundred notes.
  static double bound(const Sight& sight, const std::vector<Stem>& stems);

 protected:
  Serial find(Serial from, Serial to, double min_weight) const override;
  bool is_one(Serial serial, double min_weight) const override;

 private:
  double weight(Serial serial) const;
  std::shared_ptr<const std::vector<Stem>> stems_;
  double bound_;
};

// The weight that Xapian's BM25 (k1 · S, b = 0, k3 = kRepeats) gives a term with this stored count.
double bm25_weight(double documents, double with_term, double count, unsigned times);

}  // namespace tidings
