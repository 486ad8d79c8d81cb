// Reader of the golden vectors: arrays of an independent implementation in one safetensors file (8
// bytes of header length, JSON header, raw little-endian numbers). Without the file the tests that
// need it skip by name.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/matrix.hpp"

namespace cance::tests {

template <class T>
struct GoldenArray {
  std::vector<std::size_t> shape;
  std::vector<T> values;  ///< row-major
};

class Golden {
 public:
  explicit Golden(const std::filesystem::path& path) : bytes_(read_text_file(path)) {
    std::uint64_t header_size = 0;
    require(bytes_.size() >= sizeof header_size, "{}: too short for safetensors", path.string());
    std::memcpy(&header_size, bytes_.data(), sizeof header_size);
    require(header_size <= bytes_.size() - sizeof header_size, "{}: the header is cut off",
            path.string());
    data_begin_ = sizeof header_size + header_size;
    header_ = nlohmann::json::parse(bytes_.substr(sizeof header_size, header_size));
  }

  /// The file of CANCE_GOLDEN, else the one the build was configured with; nothing when it is
  /// absent.
  static std::optional<Golden> open() {
    const char* given = std::getenv("CANCE_GOLDEN");
    const std::filesystem::path path = given != nullptr ? given : CANCE_GOLDEN_FILE;
    return std::filesystem::exists(path) ? std::optional<Golden>(Golden(path)) : std::nullopt;
  }

  [[nodiscard]] bool has(const std::string& name) const { return header_.contains(name); }
  [[nodiscard]] GoldenArray<double> array(const std::string& name) const {
    return read<double>(name, "F64");
  }
  /// Arrays whose name ends in _i64.
  [[nodiscard]] GoldenArray<std::int64_t> integers(const std::string& name) const {
    return read<std::int64_t>(name, "I64");
  }
  [[nodiscard]] std::vector<double> vector(const std::string& name) const {
    return array(name).values;
  }
  [[nodiscard]] double scalar(const std::string& name) const { return vector(name).at(0); }
  /// A two-dimensional array.
  [[nodiscard]] Matrix<double> matrix(const std::string& name) const {
    GoldenArray<double> found = array(name);
    require(found.shape.size() == 2, "golden {} has {} dimensions, not 2", name,
            found.shape.size());
    return {found.shape[0], found.shape[1], std::move(found.values)};
  }
  /// 0/1 labels kept as int64.
  [[nodiscard]] std::vector<std::uint8_t> labels(const std::string& name) const {
    const auto found = integers(name).values;
    return {found.begin(), found.end()};
  }

 private:
  template <class T>
  [[nodiscard]] GoldenArray<T> read(const std::string& name, std::string_view type) const {
    require(has(name), "the golden file has no array {}", name);
    const auto& entry = header_.at(name);
    require(entry.at("dtype") == type, "golden {} is not {}", name, type);
    const auto begin = entry.at("data_offsets").at(0).get<std::size_t>();
    const auto end = entry.at("data_offsets").at(1).get<std::size_t>();
    require(begin <= end && end <= bytes_.size() - data_begin_, "golden {} is cut off", name);
    GoldenArray<T> array;
    array.shape = entry.at("shape").get<std::vector<std::size_t>>();
    array.values.resize((end - begin) / sizeof(T));
    std::memcpy(array.values.data(), bytes_.data() + data_begin_ + begin, end - begin);
    return array;
  }

  std::string bytes_;
  nlohmann::json header_;
  std::size_t data_begin_ = 0;
};

/// Fixture of the tests on golden arrays: `using MomentsGolden = cance::tests::GoldenTest;`.
class GoldenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    golden_ = Golden::open();
    if (!golden_) {
      const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
      GTEST_SKIP() << "skipped: " << info->test_suite_name() << "." << info->name()
                   << " needs golden.safetensors (CANCE_GOLDEN)";
    }
  }
  [[nodiscard]] const Golden& golden() const { return *golden_; }

 private:
  std::optional<Golden> golden_;
};

/// |actual - expected| <= absolute + relative |expected| for every number; infinities must be
/// equal.
inline void expect_close(std::span<const double> actual, std::span<const double> expected,
                         double relative = 1e-10, double absolute = 0) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (actual[i] != expected[i]) {
      EXPECT_LE(std::abs(actual[i] - expected[i]), absolute + relative * std::abs(expected[i]))
          << "at " << i << ": " << actual[i] << " instead of " << expected[i];
    }
  }
}

}  // namespace cance::tests
