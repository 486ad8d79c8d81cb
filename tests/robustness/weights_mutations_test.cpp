// 10,000 seeded mutations of small weight files of each form: each is refused with an Error that
// names the file or read as tensors that fill their shapes, within bounded memory and time.
#include <gtest/gtest.h>

#include <chrono>

#include "base/cast.hpp"
#include "models/weights_file.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/weight_files.hpp"

namespace cance::models {
namespace {

using tests::Bytes;

const auto kMutations = to<std::uint64_t>(tests::mutations(10000));
constexpr std::chrono::seconds kLongest{2};

using Parse = WeightMap (*)(std::string_view, const std::string&);

/// Mutation `number` of `original`, with what is around it.
using Make = Bytes (*)(const Bytes& original, std::uint64_t number);

Bytes as_it_is(const Bytes& original, std::uint64_t number) {
  return tests::mutate(original, number);
}

/// The pickle alone is wrong, the archive's checksums are right.
Bytes in_archive(const Bytes& original, std::uint64_t number) {
  return tests::torch_file(tests::mutate(original, number));
}

void expect_error_or_tensors(Parse parse, Make make, const Bytes& original,
                             std::uint64_t refused_at_least) {
  const long before = tests::peak_kibibytes();
  std::uint64_t refused = 0;
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    const Bytes mutated = make(original, i);
    const auto start = std::chrono::steady_clock::now();
    try {
      for (const auto& [name, array] : parse(tests::view(mutated), "weights")) {
        ASSERT_EQ(array.values.size(), element_count(array.shape)) << "mutation " << i;
      }
    } catch (const Error& error) {
      ++refused;
      ASSERT_TRUE(std::string(error.what()).starts_with("weights: ")) << error.what();
    }
    ASSERT_LT(std::chrono::steady_clock::now() - start, kLongest) << "mutation " << i;
  }
  EXPECT_GT(refused, refused_at_least);
  EXPECT_LT(refused, kMutations);
  EXPECT_LT(tests::peak_kibibytes() - before, tests::kMostKibibytes);
}

TEST(WeightsMutations, Safetensors) {
  const Bytes original =
      tests::safetensors_bytes(R"({"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
                               R"("b":{"dtype":"F16","shape":[4],"data_offsets":[16,24]}})",
                               {1, 2, 3, 4, 5, 6});
  ASSERT_EQ(parse_safetensors(tests::view(original), "weights").size(), 2U);
  expect_error_or_tensors(parse_safetensors, as_it_is, original, kMutations / 2);
}

TEST(WeightsMutations, TorchFile) {
  const Bytes original = tests::torch_file(tests::small_state().bytes());
  expect_error_or_tensors(parse_torch_file, as_it_is, original, kMutations / 4);
}

TEST(WeightsMutations, PickleInTorchFile) {
  expect_error_or_tensors(parse_torch_file, in_archive, tests::small_state().bytes(),
                          kMutations / 2);
}

}  // namespace
}  // namespace cance::models
