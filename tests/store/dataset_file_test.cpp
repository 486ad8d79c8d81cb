// Dataset files: round trips of images and tables, reading by index, and each refusal.
#include "store/dataset_file.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

using hdf5::Group;
using store::DatasetFile;
using store::DatasetInfo;
using store::DatasetWriter;
using tests::message_of;

const DatasetInfo kImages{"digits", "CC0", {"zero", "one"}, {}, {{"a.gz", "00ff"}}};
const DatasetInfo kTable{"table", "CC BY", {"normal", "anomalous"}, {"u", "v", "w"}, {}};

class DatasetFileTest : public tests::FolderTest {
 protected:
  // 50 train and 10 test images of 2x3; every number is its row.
  void write_images(const std::filesystem::path& path) {
    DatasetWriter writer(path, kImages);
    for (int block = 0; block < 5; ++block) {
      std::vector<std::uint8_t> x;
      for (int i = 0; i < 10 * 6; ++i) {
        x.push_back(static_cast<std::uint8_t>(block * 10 + i / 6));
      }
      writer.append_images("train", x, {1, 2, 3}, std::vector<std::int32_t>(10, block % 2));
    }
    writer.append_images("test", std::vector<std::uint8_t>(60, 200), {1, 2, 3},
                         std::vector<std::int32_t>(10, 1));
    writer.commit();
  }
  // A dataset file made by hand, without a seal, with what `edit` changes.
  template <class Edit>
  std::string message_for(Edit edit) {
    const auto path = folder_ / "hand.h5";
    {
      const Group root = hdf5::create_file(path);
      root.set("schema", "cance-dataset");
      root.set("schema_version", "1.0");
      root.set("complete", true);
      root.set("name", "hand");
      root.set("licence", "none");
      for (const char* list : {"column_names", "source_names", "source_sha256"}) {
        root.set(list, std::vector<std::string>{});
      }
      root.set("class_names", std::vector<std::string>{"a", "b"});
      edit(root);
    }
    return message_of([&] { DatasetFile file(path); });
  }
  static void add_part(const Group& root, const std::string& part, std::size_t rows,
                       std::int32_t label = 0, std::size_t labels = 0) {
    root.create_group(part).write<float>("x", std::vector<float>(rows * 3, 1), {rows, 3});
    root.write(part + "/y", std::vector<std::int32_t>(labels == 0 ? rows : labels, label));
  }
};

TEST_F(DatasetFileTest, ImagesComeBackByIndex) {
  const auto path = folder_ / "d.h5";
  write_images(path);
  const DatasetFile file(path);
  EXPECT_EQ(file.info().name, "digits");
  EXPECT_EQ(file.info().licence, "CC0");
  EXPECT_EQ(file.info().class_names, kImages.class_names);
  ASSERT_EQ(file.info().sources.size(), 1U);
  EXPECT_EQ(file.info().sources[0].sha256, "00ff");
  EXPECT_EQ(file.parts(), (std::vector<std::string>{"train", "test"}));
  EXPECT_EQ(file.row_shape(), (Shape{1, 2, 3}));
  EXPECT_TRUE(file.images());
  EXPECT_EQ(file.rows("train"), 50U);
  EXPECT_EQ(file.labels("train")[10], 1);
  const std::vector<std::int64_t> indices = {49, 0, 7, 7, 23};
  const auto rows = file.read("train", indices);
  ASSERT_EQ(rows.size(), indices.size() * 6);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i], static_cast<float>(indices[i / 6]));
  }
  EXPECT_NE(message_of([&] {
              (void)file.read("train", std::vector<std::int64_t>{50});
            }).find("row 50 of 50"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)file.labels("all"); }).find("no part 'all', only train, test"),
            std::string::npos);
}

TEST_F(DatasetFileTest, WideTablesAreReadOverSeveralBlocks) {
  const std::size_t columns = 3000;
  const std::size_t count = 2000;
  const auto path = folder_ / "t.h5";
  {
    DatasetWriter writer(path, {"wide", "none", {"normal", "anomalous"}, {}, {}});
    for (std::size_t row = 0; row < count; ++row) {
      writer.append_rows("all", std::vector<float>(columns, static_cast<float>(row)), columns,
                         std::vector<std::int32_t>{0});
    }
    writer.commit();
  }
  const DatasetFile file(path);
  EXPECT_FALSE(file.images());
  std::vector<std::int64_t> indices;
  for (std::size_t i = 0; i < count; i += 37) {
    indices.push_back(signed_size(count - 1 - i));
  }
  const auto rows = file.read("all", indices);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    EXPECT_EQ(rows[i * columns], static_cast<float>(indices[i]));
    EXPECT_EQ(rows[i * columns + columns - 1], static_cast<float>(indices[i]));
  }
}

TEST_F(DatasetFileTest, AValueThatIsNotFiniteNamesItsRow) {
  const auto path = folder_ / "t.h5";
  {
    DatasetWriter writer(path, kTable);
    std::vector<float> x(30, 1);
    x[3 * 7 + 1] = std::numeric_limits<float>::quiet_NaN();
    writer.append_rows("all", x, 3, std::vector<std::int32_t>(10, 0));
    writer.commit();
  }
  const DatasetFile file(path);
  EXPECT_EQ(file.read("all", std::vector<std::int64_t>{6, 8}).size(), 6U);
  EXPECT_NE(message_of([&] {
              (void)file.read("all", std::vector<std::int64_t>{6, 7});
            }).find("all/x: row 7 holds a value that is not finite"),
            std::string::npos);
}

TEST_F(DatasetFileTest, EncodedPicturesComeBackWithTheirNames) {
  const auto path = folder_ / "e.h5";
  const auto bytes = [](std::size_t i) {
    return std::vector<std::uint8_t>(1 + i * 7919 % 70'000, static_cast<std::uint8_t>(i));
  };
  {
    DatasetWriter writer(path, kImages);
    for (std::size_t i = 0; i < 300; ++i) {  // about 10 MB, over several blocks
      writer.append_encoded("train", bytes(i), static_cast<std::int32_t>(i % 2),
                            fmt::format("ordner/ü{}.jpg", i));
    }
    writer.append_encoded("test", bytes(5), 1, "t.png");
    writer.commit();
  }
  const DatasetFile file(path);
  EXPECT_TRUE(file.encoded());
  EXPECT_TRUE(file.row_shape().empty());
  EXPECT_FALSE(file.images());
  EXPECT_EQ(file.rows("train"), 300U);
  EXPECT_EQ(file.names("train")[7], "ordner/ü7.jpg");
  EXPECT_EQ(file.names("test"), (std::vector<std::string>{"t.png"}));
  std::vector<std::int64_t> indices(300);
  std::iota(indices.begin(), indices.end(), 0);
  indices.insert(indices.end(), {299, 0, 17, 17, 18});
  const auto files = file.read_encoded("train", indices);
  ASSERT_EQ(files.size(), indices.size());
  for (std::size_t i = 0; i < files.size(); ++i) {
    ASSERT_EQ(files[i], bytes(static_cast<std::size_t>(indices[i]))) << i;
  }
  const std::vector<std::int64_t> beyond = {300};
  EXPECT_NE(message_of([&] { (void)file.read_encoded("train", beyond); }).find("row 300 of 300"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)file.read("test", {}); }).find("cance extract"),
            std::string::npos);
}

TEST_F(DatasetFileTest, NamesAreForAllRowsOfAPartOrNone) {
  const std::vector<std::string> names = {"a", "b"};
  const std::vector<std::int32_t> y = {0, 1};
  const std::vector<float> x(6, 1);
  {
    DatasetWriter writer(folder_ / "n.h5", kTable);
    writer.append_rows("all", x, 3, y, names);
    EXPECT_NE(message_of([&] { writer.append_rows("all", x, 3, y); }).find("2 names for 4 rows"),
              std::string::npos);
    EXPECT_NE(message_of([&] { writer.append_encoded("all", {}, 0, "c"); }).find("both x and enc"),
              std::string::npos);
  }
  DatasetWriter writer(folder_ / "n.h5", kTable);
  writer.append_rows("all", x, 3, y, names);
  writer.commit();
  const DatasetFile file(folder_ / "n.h5");
  EXPECT_EQ(file.names("all"), names);
  EXPECT_FALSE(file.encoded());
  EXPECT_NE(message_of([&] { (void)file.read_encoded("all", {}); }).find("not encoded pictures"),
            std::string::npos);
}

TEST_F(DatasetFileTest, FaultsOfEncodedPicturesAreNamed) {
  const auto message = [&](const std::vector<std::int64_t>& offsets, std::size_t names) {
    return message_for([&](const Group& root) {
      const Group all = root.create_group("all");
      all.write("encoded", std::vector<std::uint8_t>(10, 1));
      all.write("encoded_offset", offsets);
      all.write("y", std::vector<std::int32_t>(2, 0));
      all.write_strings("name", std::vector<std::string>(names, "a"));
    });
  };
  EXPECT_EQ(message({0, 4, 10}, 2), "no error");
  for (const std::vector<std::int64_t>& offsets :
       {std::vector<std::int64_t>{0, 4, 9}, {0, 11, 10}, {1, 4, 10}, {0, 4, 11}, {-1, 4, 10}}) {
    EXPECT_NE(message(offsets, 2).find("the offsets do not go from 0"), std::string::npos);
  }
  EXPECT_NE(message({0, 10}, 2).find("encoded_offset"), std::string::npos);
  EXPECT_NE(message({0, 4, 10}, 3).find("3 names for 2 rows"), std::string::npos);
}

TEST_F(DatasetFileTest, NotCommittedLeavesNothing) {
  {
    DatasetWriter writer(folder_ / "d.h5", kTable);
    writer.append_rows("all", std::vector<float>(3, 1), 3, std::vector<std::int32_t>{0});
  }
  EXPECT_TRUE(tests::names_in(folder_).empty());
}

TEST_F(DatasetFileTest, SameContentGivesTheSameBytes) {
  write_images(folder_ / "a.h5");
  write_images(folder_ / "b.h5");
  EXPECT_EQ(read_text_file(folder_ / "a.h5"), read_text_file(folder_ / "b.h5"));
}

TEST_F(DatasetFileTest, BytesDoNotDependOnTheBlocks) {
  const std::vector<float> x(300 * 10'000, 0.5F);
  const std::vector<std::int32_t> y(10'000, 1);
  for (const std::size_t block : {std::size_t{10'000}, std::size_t{777}}) {
    DatasetWriter writer(folder_ / fmt::format("{}.h5", block), kTable);
    for (std::size_t first = 0; first < y.size(); first += block) {
      const std::size_t count = std::min(block, y.size() - first);
      writer.append_rows("all", std::span(x).subspan(first * 300, count * 300), 300,
                         std::span(y).subspan(first, count));
    }
    writer.commit();
  }
  EXPECT_EQ(read_text_file(folder_ / "10000.h5"), read_text_file(folder_ / "777.h5"));
}

TEST_F(DatasetFileTest, WritersRefuseUnequalRows) {
  DatasetWriter writer(folder_ / "d.h5", kTable);
  const std::vector<std::int32_t> one = {0};
  writer.append_rows("all", std::vector<float>(3, 1), 3, one);
  EXPECT_NE(message_of([&] {
              writer.append_rows("all", std::vector<float>(4, 1), 4, one);
            }).find("rows of shape (4) behind rows of shape (3)"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              writer.append_rows("all", std::vector<float>(4, 1), 3, one);
            }).find("4 values for 1 rows of 3"),
            std::string::npos);
  EXPECT_NE(message_of([&] {
              writer.append_rows("valid", std::vector<float>(3, 1), 3, one);
            }).find("train, test or all, not 'valid'"),
            std::string::npos);
}

TEST_F(DatasetFileTest, FilesOfAnotherToolAreReadAndFaultsNamed) {
  EXPECT_EQ(message_for([](const Group& root) { add_part(root, "all", 4); }), "no error");
  const auto expect = [&](auto edit, const std::string& part) {
    const std::string message = message_for(edit);
    EXPECT_NE(message.find(part), std::string::npos) << message;
  };
  expect([](const Group& root) { root.set("schema", "cance-run"); }, "not a cance dataset file");
  expect([](const Group& root) { root.set("schema_version", "2.0"); }, "schema version 2.0");
  expect([](const Group& root) { root.set("complete", false); }, "incomplete");
  expect([](const Group& root) { add_part(root, "train", 4); }, "the parts are (train)");
  expect([](const Group& root) { add_part(root, "all", 4, 2); },
         "label 2 in row 0, but there are 2");
  expect([](const Group& root) { add_part(root, "all", 4, -1); }, "label -1 in row 0");
  expect([](const Group& root) { add_part(root, "all", 4, 0, 5); }, "4 rows, but 5 labels");
  expect(
      [](const Group& root) {
        root.set("column_names", std::vector<std::string>{"one"});
        add_part(root, "all", 4);
      },
      "1 column names");
  expect(
      [](const Group& root) {
        root.set("one_hot_columns", std::vector<std::string>{"one"});
        add_part(root, "all", 4);
      },
      "one_hot_columns names 'one', which is no column");
}

TEST_F(DatasetFileTest, TruncatedAndChangedFilesAreRefused) {
  const auto path = folder_ / "d.h5";
  write_images(path);
  const std::string bytes = read_text_file(path);
  write_text_file(path, bytes.substr(0, bytes.size() - 10));
  EXPECT_NE(message_of([&] { DatasetFile file(path); }).find("truncated"), std::string::npos);
  std::string changed = bytes;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  write_text_file(path, changed);
  EXPECT_NE(message_of([&] { DatasetFile file(path); }).find("damaged"), std::string::npos);
}

}  // namespace
}  // namespace cance
