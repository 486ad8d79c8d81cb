#include "archive/tensorboard.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <ctime>

#include "base/proto_message.hpp"

namespace cance::archive {
namespace {

/// A checksum as TFRecord has it, so that checksums of checksums are no special case.
std::uint32_t masked(std::string_view bytes) {
  constexpr std::uint32_t kDelta = 0xa282ead8U;
  const std::uint32_t sum = crc32c(bytes);
  return std::rotr(sum, 15) + kDelta;
}

void put_record(std::string& file, const std::string& event) {
  std::string length;
  append_little_endian(length, static_cast<std::uint64_t>(event.size()));
  file += length;
  append_little_endian(file, masked(length));
  file += event;
  append_little_endian(file, masked(event));
}

/// Of "2026-01-02T03:04:05Z"; 0 of another text.
double seconds_of(const std::string& date) {
  std::tm parts{};
  return ::strptime(date.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) == nullptr
             ? 0
             : static_cast<double>(::timegm(&parts));
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  static const std::array<std::uint32_t, 256> kTable = [] {
    constexpr std::uint32_t kPolynomial = 0x82f63b78U;  // with its bits in reverse
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      table[i] = i;
      for (int bit = 0; bit < 8; ++bit) {
        table[i] = table[i] >> 1U ^ ((table[i] & 1U) != 0 ? kPolynomial : 0U);
      }
    }
    return table;
  }();
  std::uint32_t sum = ~0U;
  for (const char byte : bytes) {
    sum = sum >> 8U ^ kTable[(sum ^ static_cast<unsigned char>(byte)) & 0xffU];
  }
  return ~sum;
}

std::vector<Scalar> scalars_of(const store::Histories& history, double begin) {
  std::vector<Scalar> scalars;
  for (const auto& [stage, curve] : history) {
    for (std::size_t i = 0; i < curve.epoch.size(); ++i) {
      const double time = begin + curve.seconds[i];
      scalars.push_back({stage + "/train_loss", curve.epoch[i], curve.train_loss[i], time});
      scalars.push_back(
          {stage + "/validation_loss", curve.epoch[i], curve.validation_loss[i], time});
    }
  }
  return scalars;
}

std::vector<Scalar> scalars_of(const store::RunRecord& run) {
  const double begin = seconds_of(run.info.date);
  std::vector<Scalar> scalars = scalars_of(run.history, begin);
  for (const store::Metric& metric : run.metrics) {
    scalars.push_back(
        {metric.method + "/" + metric.metric, 0, metric.value, begin + run.info.seconds});
  }
  return scalars;
}

std::string event_file(const std::vector<Scalar>& scalars) {
  // Event: wall_time 1, step 2, file_version 3, summary 5; Summary: value 1; Value: tag 1,
  // simple_value 2
  std::string file;
  const double begin = scalars.empty() ? 0 : scalars.front().time;
  put_record(file, ProtoMessage().real(1, begin).bytes(3, "brain.Event:2").text());
  for (const Scalar& scalar : scalars) {
    if (std::isfinite(scalar.value)) {
      ProtoMessage value, summary, event;
      value.bytes(1, scalar.tag).single(2, static_cast<float>(scalar.value));
      event.real(1, scalar.time).number(2, scalar.step).message(5, summary.message(1, value));
      put_record(file, event.text());
    }
  }
  return file;
}

}  // namespace cance::archive
