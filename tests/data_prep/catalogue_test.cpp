// The catalogue of public sets: names, suggestions, and hashes against the real files where they
// are.
#include "data_prep/catalogue.hpp"

#include <gtest/gtest.h>

#include <map>

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"
#include "data_prep/readers/idx.hpp"
#include "tests/support/idx_files.hpp"

namespace cance::prep {
namespace {

TEST(Catalogue, RowsAreWhole) {
  ASSERT_FALSE(catalogue().empty());
  for (const PublicSet& set : catalogue()) {
    EXPECT_EQ(set.address.back(), '/') << set.name;
    EXPECT_FALSE(set.about.empty()) << set.name;
    EXPECT_FALSE(set.licence.empty()) << set.name;
    EXPECT_GE(set.class_names.size(), 2U) << set.name;
    EXPECT_EQ(&public_set(set.name), &set);
    for (const PublicFile& file : set.files) {
      EXPECT_EQ(file.sha256.size(), 64U) << set.name << " " << file.name;
      EXPECT_NE(file.sha256, file.unpacked_sha256) << set.name << " " << file.name;
    }
  }
}

TEST(Catalogue, UnknownFileIsAWarningThatNamesBothHashes) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "train-labels-idx1-ubyte";
  tests::write_plain(path, {'a', 'b', 'c'});
  const PublicFile& expected = public_set("mnist").files[1];
  log::configure(log::Level::normal);
  testing::internal::CaptureStderr();
  const CheckedSource checked = check_source(expected, path);
  const std::string warning = testing::internal::GetCapturedStderr();
  EXPECT_FALSE(checked.known);
  EXPECT_EQ(checked.file.name, "train-labels-idx1-ubyte");
  EXPECT_EQ(checked.file.sha256, sha256("abc"));
  EXPECT_NE(warning.find(sha256("abc")), std::string::npos) << warning;
  EXPECT_NE(warning.find(expected.unpacked_sha256), std::string::npos) << warning;
}

TEST(Catalogue, KnownFileByEitherHash) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "labels.gz";
  tests::write_plain(path, {'a', 'b', 'c'});
  EXPECT_TRUE(check_source({.name = "labels.gz", .sha256 = sha256("abc")}, path).known);
  EXPECT_TRUE(check_source({.name = "labels.gz", .unpacked_sha256 = sha256("abc")}, path).known);
}

TEST(Catalogue, SourceIsTheFileOrTheFirstOfTheFolder) {
  const tests::TemporaryFolder folder;
  const PublicSet& set = public_set("kddcup99");
  const auto message = tests::message_of([&] { (void)find_source(set, folder.path()); });
  EXPECT_NE(message.find("kddcup.data_10_percent.gz, kddcup.data.gz"), std::string::npos)
      << message;
  tests::write_plain(folder / "kddcup.data", {'a'});
  EXPECT_EQ(find_source(set, folder.path()), folder / "kddcup.data");
  tests::write_plain(folder / "other.gz", {'a'});
  EXPECT_EQ(find_source(set, folder / "other.gz"), folder / "other.gz");
  EXPECT_FALSE(check_source(set, folder / "other.gz").known);
}

TEST(Catalogue, RealFilesHaveTheHashesOfTheCatalogue) {
  const std::map<std::string, std::string> folders{
      {"thyroid", "odds"}, {"arrhythmia", "odds"}, {"adbench", "adbench-resnet18"}};
  std::size_t checked = 0;
  for (const PublicSet& set : catalogue()) {
    const auto folder = folders.find(set.name);
    for (const PublicFile& file : set.files) {
      const auto path =
          tests::data_root() / (folder == folders.end() ? set.name : folder->second) / file.name;
      if (std::filesystem::exists(path)) {
        ++checked;
        EXPECT_EQ(sha256_file(path), file.sha256) << path;
        EXPECT_TRUE(file.bytes == std::filesystem::file_size(path)) << path;
      }
    }
  }
  if (checked == 0) {
    std::puts("skipped: RealFilesHaveTheHashesOfTheCatalogue needs data in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs data";
  }
}

TEST(Catalogue, RealFilesUnpackedHaveTheHashesOfTheCatalogue) {
  if (!std::filesystem::exists(tests::data_root() / "mnist")) {
    std::puts("skipped: RealFilesUnpackedHaveTheHashes needs mnist in CANCE_DATA_ROOT");
    GTEST_SKIP() << "needs mnist";
  }
  for (const char* name : {"mnist", "fashion-mnist"}) {
    const PublicSet& set = public_set(name);
    for (const PublicFile& file : set.files) {
      const auto path = tests::data_root() / set.name / file.name;
      const bool labels = file.name.find("labels") != std::string::npos;
      const IdxArray array = read_idx(path, labels ? 1 : 3);
      const tests::Bytes raw = tests::idx_bytes(
          std::vector<std::uint32_t>(array.shape.begin(), array.shape.end()), array.values);
      EXPECT_EQ(sha256({reinterpret_cast<const char*>(raw.data()), raw.size()}),
                file.unpacked_sha256)
          << path;
    }
  }
}

}  // namespace
}  // namespace cance::prep
