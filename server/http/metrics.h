// SPDX-License-Identifier: GPL-3.0-or-later
// Figures for Prometheus. Any thread.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

namespace tidings {

class Metrics {
 public:
  Metrics();

  // One request to `route` (the pattern, never the path) that was answered with `status` after `seconds`.
  void count_request(const std::string& method, const std::string& route, int status, double seconds);
  void count_kept(std::int64_t notes);
  void set_feed(std::int64_t head, std::int64_t indexed);

  // In Prometheus' text format.
  std::string text() const;

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Counter& kept_;
  prometheus::Gauge& head_;
  prometheus::Gauge& indexed_;
};

}  // namespace tidings
