// SPDX-License-Identifier: GPL-3.0-or-later
#include "server/http/metrics.h"

#include <prometheus/text_serializer.h>

namespace tidings {

Metrics::Metrics()
    : requests_(prometheus::BuildCounter()
                    .Name("tidings_requests_total")
                    .Help("Requests by route and status")
                    .Register(registry_)),
      seconds_(prometheus::BuildHistogram()
                   .Name("tidings_request_seconds")
                   .Help("Time to answer by route")
                   .Register(registry_)),
      kept_(prometheus::BuildCounter()
                .Name("tidings_notes_kept_total")
                .Help("Notes kept through this server")
                .Register(registry_)
                .Add({})),
      head_(prometheus::BuildGauge()
                .Name("tidings_feed_head")
                .Help("Number of the feed's last event")
                .Register(registry_)
                .Add({})),
      indexed_(prometheus::BuildGauge()
                   .Name("tidings_feed_indexed")
                   .Help("Event up to which the index follows the feed")
                   .Register(registry_)
                   .Add({})) {}

void Metrics::count_request(const std::string& method, const std::string& route, int status, double seconds) {
  static const prometheus::Histogram::BucketBoundaries kBuckets{0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10};
  requests_.Add({{"method", method}, {"route", route}, {"status", std::to_string(status)}}).Increment();
  seconds_.Add({{"method", method}, {"route", route}}, kBuckets).Observe(seconds);
}

void Metrics::count_kept(std::int64_t notes) { kept_.Increment(static_cast<double>(notes)); }

void Metrics::set_feed(std::int64_t head, std::int64_t indexed) {
  head_.Set(static_cast<double>(head));
  indexed_.Set(static_cast<double>(indexed));
}

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(registry_.Collect()); }

}  // namespace tidings
