// Event files: checksums of RFC 3720, and the bytes of a record put together by hand. That they are
// read by another program is in tests/e2e/python.sh.
#include "archive/tensorboard.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/sample_run.hpp"

namespace cance::archive {
namespace {

TEST(Tensorboard, ChecksumsAreThoseOfRfc3720) {  // B.4
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
}

TEST(Tensorboard, AScalarIsOneRecordBehindTheVersion) {
  const std::string none = event_file({});
  const std::string one = event_file({{"a/b", 300, 0.5, 2.0}});
  EXPECT_EQ(none.substr(12 + 9, 15),
            "\x1a\x0d"
            "brain.Event:2");
  const std::string event = std::string("\x09\0\0\0\0\0\0\0\x40", 9)  // wall_time 2.0
                            + "\x10\xac\x02"                          // step 300
                            + "\x2a\x0c\x0a\x0a"                      // summary, value
                            +
                            "\x0a\x03"
                            "a/b" +
                            std::string("\x15\0\0\0\x3f", 5);
  ASSERT_EQ(one.size(), none.size() + event.size() + 16);
  EXPECT_EQ(one.substr(none.size() + 12, event.size()), event);
  EXPECT_EQ(one[none.size()], static_cast<char>(event.size()));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(event_file({{"a/b", 0, nan, 0.0}}).size(), none.size());
}

TEST(Tensorboard, ARunIsItsLossesByEpochAndItsMetrics) {
  const store::RunRecord run = tests::sample_run("mnist/unimodal/class3/seed0", 0);
  const auto scalars = scalars_of(run);
  EXPECT_EQ(scalars.size(), 2 * (10 + 4 + 8) + run.metrics.size());
  EXPECT_EQ(scalars[1].tag, "autoencoder/validation_loss");
  EXPECT_EQ(scalars[1].step, 1);
  EXPECT_EQ(scalars[1].value, run.history[0].second.validation_loss[0]);
  EXPECT_EQ(scalars[1].time, 1767323045 + 1.25);  // 2026-01-02T03:04:05Z, and the epoch's seconds
  EXPECT_EQ(scalars.back().tag, run.metrics.back().method + "/auroc");
  EXPECT_EQ(scalars.back().value, run.metrics.back().value);
}

}  // namespace
}  // namespace cance::archive
