// The catalogue of public sets: names, suggestions, and hashes against the real files where they
// are.
#include "data_prep/catalogue.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"
#include "data_prep/idx.hpp"
#include "idx_files.hpp"

namespace cance::prep {
namespace {

TEST(Catalogue, RowsAreWhole) {
  ASSERT_FALSE(catalogue().empty());
  for (const PublicSet& set : catalogue()) {
    EXPECT_EQ(set.address.back(), '/') << set.name;
    EXPECT_FALSE(set.licence.empty()) << set.name;
    EXPECT_EQ(set.class_names.size(), 10U) << set.name;
    for (const PublicFile* file :
         {&set.train_images, &set.train_labels, &set.test_images, &set.test_labels}) {
      EXPECT_EQ(file->gz_sha256.size(), 64U) << set.name << " " << file->name;
      EXPECT_EQ(file->raw_sha256.size(), 64U) << set.name << " " << file->name;
      EXPECT_NE(file->gz_sha256, file->raw_sha256) << set.name << " " << file->name;
    }
  }
}

TEST(Catalogue, UnknownNameSuggestsTheNearestAndListsAll) {
  EXPECT_EQ(public_set("mnist").name, "mnist");
  const auto message =
      test::message_of<Error>([] { (void)public_set("fashon-mnist", {"glyphs"}); });
  EXPECT_EQ(message,
            "unknown data set 'fashon-mnist'; did you mean 'fashion-mnist'? "
            "(known: glyphs, mnist, fashion-mnist)");
}

TEST(Catalogue, UnknownFileIsAWarningThatNamesBothHashes) {
  const test::TemporaryFolder folder;
  const auto path = folder / "train-labels-idx1-ubyte";
  test::write_plain(path, {'a', 'b', 'c'});
  const PublicFile& expected = public_set("mnist").train_labels;
  log::configure(log::Level::normal);
  testing::internal::CaptureStderr();
  const CheckedSource checked = check_source(expected, path);
  const std::string warning = testing::internal::GetCapturedStderr();
  EXPECT_FALSE(checked.known);
  EXPECT_EQ(checked.file.name, "train-labels-idx1-ubyte");
  EXPECT_EQ(checked.file.sha256, sha256("abc"));
  EXPECT_NE(warning.find(sha256("abc")), std::string::npos) << warning;
  EXPECT_NE(warning.find(expected.raw_sha256), std::string::npos) << warning;
}

TEST(Catalogue, KnownFileByEitherHash) {
  const test::TemporaryFolder folder;
  const auto path = folder / "labels.gz";
  test::write_plain(path, {'a', 'b', 'c'});
  EXPECT_TRUE(check_source({"labels", sha256("abc"), sha256("")}, path).known);
  EXPECT_TRUE(check_source({"labels", sha256(""), sha256("abc")}, path).known);
}

TEST(Catalogue, RealFilesHaveTheHashesOfTheCatalogue) {
  if (!std::filesystem::exists(test::data_root() / "mnist")) {
    std::puts("skipped: RealFilesHaveTheHashesOfTheCatalogue needs mnist in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs mnist";
  }
  for (const PublicSet& set : catalogue()) {
    for (const PublicFile* file :
         {&set.train_images, &set.train_labels, &set.test_images, &set.test_labels}) {
      const auto path = test::data_root() / set.name / (file->name + ".gz");
      EXPECT_EQ(sha256_file(path), file->gz_sha256) << path;
      const bool labels = file->name.find("labels") != std::string::npos;
      const IdxArray array = read_idx(path, labels ? 1 : 3);
      const test::Bytes raw = test::idx_bytes(
          std::vector<std::uint32_t>(array.shape.begin(), array.shape.end()), array.values);
      EXPECT_EQ(sha256({reinterpret_cast<const char*>(raw.data()), raw.size()}), file->raw_sha256)
          << path;
    }
  }
}

}  // namespace
}  // namespace cance::prep
