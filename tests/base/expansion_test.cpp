// How much a packed file may become, by itself and where the user says so.
#include "base/expansion.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <limits>

#include "base/error.hpp"

namespace cance {
namespace {

constexpr std::uintmax_t kMebibyte = std::uintmax_t{1} << 20U;

class Expansion : public testing::Test {
 protected:
  static void set(const char* value) { ::setenv("CANCE_EXPANSION", value, /*overwrite=*/1); }
  void SetUp() override { ::unsetenv("CANCE_EXPANSION"); }
  void TearDown() override { ::unsetenv("CANCE_EXPANSION"); }
  static std::string refusal(std::uintmax_t bytes, std::uintmax_t packed) {
    try {
      require_unpacked(bytes, packed, "a.npz");
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }
};

TEST_F(Expansion, IsTwoHundredfoldAndSixtyFourMebibytesAtLeast) {
  EXPECT_EQ(most_unpacked(0), 64 * kMebibyte);
  EXPECT_EQ(most_unpacked(300'000), 64 * kMebibyte);
  EXPECT_EQ(most_unpacked(kMebibyte), 200 * kMebibyte);
  constexpr auto kMost = std::numeric_limits<std::uintmax_t>::max();
  EXPECT_EQ(most_unpacked(kMost / 100), kMost);
}

TEST_F(Expansion, IsThatOfTheVariable) {
  set("1000");
  EXPECT_EQ(most_unpacked(kMebibyte), 1000 * kMebibyte);
  set("1");
  EXPECT_EQ(most_unpacked(kMebibyte), 64 * kMebibyte);
  set("");
  EXPECT_EQ(most_unpacked(kMebibyte), 200 * kMebibyte);
  for (const char* wrong : {"0", "-1", "2.5", "many", "1e3"}) {
    set(wrong);
    EXPECT_THROW(static_cast<void>(most_unpacked(1)), Error) << wrong;
  }
}

TEST_F(Expansion, ARefusalNamesAValueThatIsEnough) {
  EXPECT_EQ(refusal(200 * kMebibyte, kMebibyte), "");
  EXPECT_EQ(refusal(200 * kMebibyte + 1, kMebibyte),
            "a.npz: 209715201 bytes out of a file of 1048576, more than the 209715200 that may "
            "come of it; where it is trusted, set "
            "the environment variable CANCE_EXPANSION to 201 or more");
  set("201");
  EXPECT_EQ(refusal(200 * kMebibyte + 1, kMebibyte), "");
}

}  // namespace
}  // namespace cance
