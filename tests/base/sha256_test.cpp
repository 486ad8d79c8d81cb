// SHA-256 against the vectors of FIPS 180-4.
#include "base/sha256.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/atomic_file.hpp"
#include "base/error.hpp"

namespace cance {
namespace {

constexpr const char* kMillionA =
    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, KnownVectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256(std::string(1'000'000, 'a')), kMillionA);
}

TEST(Sha256, OfAFileReadInBlocks) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / ("cance_sha256_" + std::to_string(::getpid()));
  write_text_file(path, std::string(1'000'000, 'a'));
  EXPECT_EQ(sha256_file(path), kMillionA);
  write_text_file(path, std::string(3'000'000, 'b'));
  EXPECT_EQ(sha256_file(path), sha256(std::string(3'000'000, 'b')));
  std::filesystem::remove(path);
  EXPECT_THROW(static_cast<void>(sha256_file(path)), Error);
  EXPECT_THROW(static_cast<void>(sha256_file("/dev/zero")), Error);  // would never end
}

}  // namespace
}  // namespace cance
