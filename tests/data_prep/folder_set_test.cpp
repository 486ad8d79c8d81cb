// Users' folders of pictures: both layouts, squares and files as they are, refusals.
#include "data_prep/pictures/folder_set.hpp"

#include <gtest/gtest.h>

#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/pictures.hpp"

namespace cance::prep {
namespace {

using tests::Bytes;
using tests::message_of;

class FolderSetTest : public tests::FolderTest {
 protected:
  void put(const std::string& name, const Bytes& bytes) {
    write_text_file(folder_ / "raw" / name, std::string(bytes.begin(), bytes.end()));
  }
  // 3 train, 4 test of which one normal, one a crack and two holes.
  void put_pictures(const std::string& normal, const std::string& anomalous) {
    put("train/" + normal + "/b.JPG", tests::jpeg(3, false));
    put("train/" + normal + "/a.png", tests::png(1, 8, false));
    put("train/" + normal + "/deeper/c.jpeg", tests::jpeg(1, true));
    put("test/" + normal + "/n.png", tests::png(4, 8, false, 50, 60));
    put("test/" + anomalous + "hole/1.png", tests::png(3, 8, true, 9, 30));
    put("test/" + anomalous + "hole/2.png", tests::png(3, 8, false, 9, 9));
    put("test/" + anomalous + "crack/1.png", tests::png(3, 8, false));
  }
  PictureFolder find() { return find_pictures(folder_ / "raw"); }
  std::filesystem::path out() { return folder_ / "out.h5"; }
};

TEST_F(FolderSetTest, BothLayoutsAreFound) {
  put_pictures("normal", "anomalous/");
  put("notes.txt", {1});
  put("train/normal/.hidden.png", {1});
  PictureFolder found = find();
  EXPECT_EQ(found.class_names, (std::vector<std::string>{"normal", "crack", "hole"}));
  ASSERT_EQ(found.train.size(), 3U);
  EXPECT_EQ(found.train[0].name, "train/normal/a.png");
  EXPECT_EQ(found.train[2].name, "train/normal/deeper/c.jpeg");
  ASSERT_EQ(found.test.size(), 4U);
  EXPECT_EQ(found.test[1].label, 1);
  EXPECT_EQ(found.test[3].name, "test/anomalous/hole/2.png");
  EXPECT_EQ(found.test[3].label, 2);
  EXPECT_EQ(found.ignored, (std::vector<std::string>{"notes.txt", "train/normal/.hidden.png"}));
  EXPECT_EQ(found.grey, 2U);
  EXPECT_EQ(found.colour, 5U);
  EXPECT_EQ(found.heights, (std::array<std::size_t, 2>{9, 60}));
  EXPECT_EQ(found.widths, (std::array<std::size_t, 2>{9, 50}));
  const std::string hash = found.source.sha256;
  std::filesystem::remove_all(folder_ / "raw");
  put_pictures("good", "");
  put("ground_truth/hole/1_mask.png", tests::png(1, 8, false));
  found = find();
  EXPECT_EQ(found.class_names, (std::vector<std::string>{"normal", "crack", "hole"}));
  EXPECT_EQ(found.test[3].name, "test/hole/2.png");
  EXPECT_EQ(found.ignored.size(), 1U);
  EXPECT_NE(found.source.sha256, hash);
}

TEST_F(FolderSetTest, SquaresAreWhatResizingGives) {
  put_pictures("normal", "anomalous/");
  const auto summary = write_pictures(find(), {.name = "own", .size = 16}, out());
  EXPECT_EQ(summary.parts[1].rows_by_class, (std::vector<std::size_t>{1, 1, 2}));
  const store::DatasetFile file(out());
  EXPECT_EQ(file.info().name, "own");
  EXPECT_EQ(file.row_shape(), (Shape{3, 16, 16}));
  EXPECT_EQ(file.labels("test"), (std::vector<std::int32_t>{0, 1, 2, 2}));
  EXPECT_EQ(file.names("test")[0], "test/normal/n.png");
  const auto row = file.read("train", std::vector<std::int64_t>{1});
  const auto expected =
      image::planes(image::resize_and_crop(image::decode(tests::jpeg(3, false), ""), 16, 16));
  EXPECT_TRUE(std::ranges::equal(row, expected));
}

TEST_F(FolderSetTest, LinksAreFollowedAndThoseThatLeadNowhereAreBroken) {
  put_pictures("normal", "anomalous/");
  const std::filesystem::path raw = folder_ / "raw";
  std::filesystem::rename(raw / "test/anomalous/hole", folder_ / "hole");
  std::filesystem::create_directory_symlink(folder_ / "hole", raw / "test/anomalous/hole");
  EXPECT_EQ(find().test.size(), 4U);
  EXPECT_EQ(find().test[3].name, "test/anomalous/hole/2.png");
  std::filesystem::create_symlink("/gone/c.png", raw / "train/normal/c.png");
  std::filesystem::create_directory_symlink("/gone/scratch", raw / "test/anomalous/scratch");
  const std::string message = message_of(
      [&] { static_cast<void>(write_pictures(find(), {.name = "own", .size = 8}, out())); });
  EXPECT_TRUE(message.starts_with("2 of 9 pictures cannot be read: ")) << message;
  EXPECT_NE(message.find("train/normal/c.png: a link that leads nowhere"), std::string::npos);
  EXPECT_NE(message.find("anomalous/scratch: a link that leads nowhere"), std::string::npos);
  EXPECT_EQ(find().class_names.back(), "scratch");
}

TEST_F(FolderSetTest, WordsForNormalInAnyCase) {
  put("Train/OK/a.bmp", tests::bmp(1, 1, 24, {}, {1, 2, 3, 0}));
  put("Test/Good/b.png", tests::png(3, 8, false));
  put("Test/KO/c.png", tests::png(3, 8, false));
  const PictureFolder found = find();
  EXPECT_EQ(found.class_names, (std::vector<std::string>{"normal", "KO"}));
  EXPECT_EQ(found.train.size(), 1U);
  EXPECT_EQ(found.test[0].name, "Test/Good/b.png");
}

TEST_F(FolderSetTest, SixteenBitsKeepTheirContrast) {
  put("train/good/a.png", tests::deep_png({2000, 2100, 2050, 2025}, 2));
  put("test/good/b.png", tests::deep_png({2000, 2100, 2050, 2025}, 2));
  put("test/void/c.png", tests::deep_png({1000, 3000, 2100, 2000}, 2));
  EXPECT_EQ(find().deep, 3U);
  EXPECT_EQ(range_of(find()), (image::SampleRange{1950, 2150}));
  testing::internal::CaptureStderr();
  log::configure(log::Level::normal);
  static_cast<void>(write_pictures(find(), {.name = "own", .size = 2}, out()));
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("2 samples of 1 pictures lie beyond the range of 1950 to 2150"),
            std::string::npos)
      << said;
  const store::DatasetFile file(out());
  EXPECT_NE(file.info().preparation.find("\"range\":[1950,2150]"), std::string::npos);
  // (v - 1950) 255 / 200, rounded; what lies beyond is cut.
  EXPECT_EQ(file.read("train", std::vector<std::int64_t>{0}),
            (std::vector<float>{64, 191, 128, 96}));
  EXPECT_EQ(file.read("test", std::vector<std::int64_t>{1}), (std::vector<float>{0, 255, 191, 64}));
  FolderOptions options{.name = "own", .size = 2};
  options.range = image::SampleRange{2000, 2255};
  static_cast<void>(write_pictures(find(), options, out()));
  EXPECT_EQ(store::DatasetFile(out()).read("train", std::vector<std::int64_t>{0}),
            (std::vector<float>{0, 100, 50, 25}));
  put("test/void/d.png", tests::png(1, 8, false));
  EXPECT_EQ(range_of(find()), image::SampleRange{}) << "beside pictures of 8 bits";
}

TEST_F(FolderSetTest, GreyWhenAllAreOrWhenAsked) {
  put("train/normal/a.png", tests::png(1, 8, false));
  put("test/normal/a.png", tests::png(2, 8, false));
  put("test/anomalous/a.png", tests::png(1, 16, false));
  static_cast<void>(write_pictures(find(), {.name = "g", .size = 8}, out()));
  EXPECT_EQ(store::DatasetFile(out()).row_shape(), (Shape{1, 8, 8}));
  EXPECT_EQ(store::DatasetFile(out()).info().class_names[1], "anomalous");
  static_cast<void>(
      write_pictures(find(), {.name = "g", .size = 8, .colours = Colours::colour}, out()));
  EXPECT_EQ(store::DatasetFile(out()).row_shape(), (Shape{3, 8, 8}));
  put("train/normal/b.png", tests::png(3, 8, false));
  static_cast<void>(
      write_pictures(find(), {.name = "g", .size = 8, .colours = Colours::grey}, out()));
  EXPECT_EQ(store::DatasetFile(out()).row_shape(), (Shape{1, 8, 8}));
}

TEST_F(FolderSetTest, FilesAreKeptAsTheyAre) {
  put_pictures("good", "");
  static_cast<void>(write_pictures(find(), {.name = "own"}, out()));
  const store::DatasetFile file(out());
  ASSERT_TRUE(file.encoded());
  EXPECT_EQ(file.read_encoded("train", std::vector<std::int64_t>{1}).front(),
            tests::jpeg(3, false));
  EXPECT_EQ(file.names("train")[1], "train/good/b.JPG");
}

TEST_F(FolderSetTest, BrokenPicturesAreOneErrorOrLeftOut) {
  put_pictures("normal", "anomalous/");
  put("train/normal/x.png", {'n', 'o'});
  Bytes cut = tests::jpeg(3, false);
  cut.resize(cut.size() / 2);
  put("test/anomalous/hole/y.jpg", cut);
  for (const std::size_t size : {0U, 8U}) {
    const std::string message = message_of(
        [&] { static_cast<void>(write_pictures(find(), {.name = "own", .size = size}, out())); });
    EXPECT_TRUE(message.starts_with("2 of 9 pictures cannot be read: " +
                                    (folder_ / "raw/train/normal/x.png").string() + ": neither"))
        << message;
    EXPECT_NE(message.find((folder_ / "raw/test/anomalous/hole/y.jpg").string() + ": damaged JPEG"),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("--skip-broken"), std::string::npos);
    EXPECT_EQ(tests::names_in(folder_), (std::vector<std::string>{"raw"}));
  }
  const auto summary =
      write_pictures(find(), {.name = "own", .size = 8, .skip_broken = true}, out());
  EXPECT_EQ(summary.parts[0].rows_by_class[0], 3U);
  EXPECT_EQ(store::DatasetFile(out()).rows("test"), 4U);
}

TEST_F(FolderSetTest, PicturesToTrainOnAloneAreTheWholeSet) {
  put("train/normal/a.png", tests::png(1, 8, false, 8, 8));
  put("train/normal/b.png", tests::png(1, 8, false, 8, 8));
  FolderOptions options;
  options.name = "own";
  options.size = 8;
  static_cast<void>(write_pictures(find(), options, out()));
  const store::DatasetFile file(out());
  EXPECT_EQ(file.parts(), std::vector<std::string>{"all"});
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{0, 0}));
}

TEST_F(FolderSetTest, PicturesOfAFolderWithoutFoldersAreAllNormal) {
  put("2.png", tests::png(1, 8, false));
  put("1.png", tests::png(1, 8, false));
  put("notes.txt", {1});
  const PictureFolder found = find();
  ASSERT_EQ(found.train.size(), 2U);
  EXPECT_EQ(found.train[0].name, "1.png");
  EXPECT_TRUE(found.test.empty());
  EXPECT_EQ(found.ignored, std::vector<std::string>{"notes.txt"});
  put("test/good/1.png", tests::png(1, 8, false));
  const std::string message = message_of([&] { static_cast<void>(find()); });
  EXPECT_NE(message.find("no pictures of normal things to train on"), std::string::npos) << message;
}

TEST_F(FolderSetTest, FoldersOfClassesAreOnePart) {
  put("good/b.png", tests::png(1, 8, false));
  put("good/deeper/a.png", tests::png(1, 8, false));
  put("Hole/a.png", tests::png(1, 8, false));
  put("anomalous/crack/a.png", tests::png(1, 8, false));
  put("loose.png", tests::png(1, 8, false));
  const PictureFolder found = find();
  EXPECT_EQ(found.class_names, (std::vector<std::string>{"normal", "Hole", "crack"}));
  EXPECT_EQ(found.ignored, std::vector<std::string>{"loose.png"});
  static_cast<void>(write_pictures(found, {.name = "own", .size = 8}, out()));
  const store::DatasetFile file(out());
  EXPECT_EQ(file.parts(), std::vector<std::string>{"all"});
  EXPECT_EQ(file.labels("all"), (std::vector<std::int32_t>{0, 0, 1, 2}));
  EXPECT_EQ(file.names("all")[2], "Hole/a.png");
  std::filesystem::remove_all(folder_ / "raw/Hole");
  std::filesystem::remove_all(folder_ / "raw/anomalous");
  EXPECT_EQ(find().class_names, (std::vector<std::string>{"normal", "anomalous"}));
}

TEST_F(FolderSetTest, TheUserSaysWhatIsNormal) {
  const auto find = [&](const std::vector<std::string>& normal) {
    return find_pictures(folder_ / "raw", normal);
  };
  const auto refusal = [&](const std::vector<std::string>& normal) {
    return message_of([&] { static_cast<void>(find(normal)); });
  };
  for (const char* name : {"cat/1.png", "Dog/1.png", "ok/1.png"}) {
    put(name, tests::png(1, 8, false));
  }
  EXPECT_EQ(find({"cat", "dog"}).class_names, (std::vector<std::string>{"normal", "ok"}));
  EXPECT_EQ(find({"cat", "dog"}).train.size(), 3U);
  EXPECT_NE(refusal({"cat", "dogs"})
                .find("no pictures in a folder 'dogs' (--normal); did you mean "
                      "'Dog'?; those there are: Dog, cat, ok"),
            std::string::npos)
      << refusal({"cat", "dogs"});
  std::filesystem::remove_all(folder_ / "raw/ok");
  EXPECT_NE(
      refusal({}).find("other folders are said to be normal by --normal; its folders: Dog, cat"),
      std::string::npos)
      << refusal({});
  for (const char* part : {"train", "test"}) {
    std::filesystem::create_directory(folder_ / "raw" / part);
    std::filesystem::copy(folder_ / "raw/Dog", folder_ / "raw" / part / "Dog");
    std::filesystem::copy(folder_ / "raw/cat", folder_ / "raw" / part / "cat");
  }
  const PictureFolder split = find({"cat"});
  EXPECT_EQ(split.class_names, (std::vector<std::string>{"normal", "Dog"}));
  EXPECT_EQ(split.train.size(), 1U);
  EXPECT_EQ(split.test.size(), 2U);
}

TEST_F(FolderSetTest, SamplesOfAnomaliesDoNotWidenTheRange) {
  put("good/a.png", tests::deep_png({2000, 2100, 2050, 2025}, 2));
  put("void/c.png", tests::deep_png({1000, 3000, 2100, 2000}, 2));
  EXPECT_EQ(range_of(find()), (image::SampleRange{1950, 2150}));
}

TEST_F(FolderSetTest, FoldersWithoutPicturesSayWhatIsExpected) {
  const auto expect = [&](const std::string& part) {
    const std::string message = message_of([&] { static_cast<void>(find()); });
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect("no such folder; expected train/normal");
  put("train/good/a.tif", {1});
  put("train/good/b.tif", {1});
  put("readme.txt", {1});
  expect("; seen: 2 .tif in train/good, 1 .txt in it");
  put("train/other/a.png", tests::png(1, 8, false));
  expect("no pictures of normal things to train on");
  put("train/normal/a.png", tests::png(1, 8, false));
  put("Test/normal/1.png", tests::png(1, 8, false));
  expect("no anomalous pictures to test on");
  std::filesystem::remove_all(folder_ / "raw/Test");
  std::filesystem::create_directory(folder_ / "raw/TEST");
  expect("no normal pictures to test on");
  std::filesystem::remove_all(folder_ / "raw/TEST");
  put("test/anomalous/1.png", tests::png(1, 8, false));
  expect("no normal pictures to test on");
  std::filesystem::remove_all(folder_ / "raw/test");
  put("test/good/a.png", tests::png(1, 8, false));
  expect("no anomalous pictures");
  put("test/anomalous/normal/a.png", tests::png(1, 8, false));
  expect("test/anomalous/normal/a.png: a kind of anomaly that is called normal");
}

}  // namespace
}  // namespace cance::prep
