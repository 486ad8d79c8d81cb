// Tables: round trip, and what a broken one says.
#include "hdf5/table.hpp"

#include <gtest/gtest.h>

#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

using hdf5::Group;
using hdf5::Table;
using tests::message_of;

class TableFile : public tests::FolderTest {};

TEST_F(TableFile, ColumnsKeepOrderTypeAndValues) {
  const std::vector<std::string> names = {"cance", "error"};
  const std::vector<double> values = {0.9, 0.8};
  const std::vector<std::int64_t> counts = {1, 2};
  {
    const Group root = hdf5::create_file(folder_ / "t.h5");
    hdf5::write_table(root, "deep/table",
                      {{{"name", names}, {"value", values}, {"count", counts}}});
  }
  const Group root = hdf5::open_file(folder_ / "t.h5");
  const Table table = hdf5::read_table(root, "deep/table");
  ASSERT_EQ(table.columns.size(), 3U);
  EXPECT_EQ(table.columns[2].first, "count");
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.texts("name"), names);
  EXPECT_EQ(table.numbers("value"), values);
  EXPECT_EQ(table.integers("count"), counts);
  EXPECT_EQ(root.group("deep/table").text("_index"), "name");
  EXPECT_NE(message_of([&] { (void)table.numbers("name"); }).find("'name' does not hold numbers"),
            std::string::npos);
  EXPECT_NE(message_of([&] { (void)table.texts("x"); }).find("no column 'x'"), std::string::npos);
}

TEST_F(TableFile, AnEmptyTableComesBack) {
  {
    const Group root = hdf5::create_file(folder_ / "t.h5");
    hdf5::write_table(root, "t",
                      {{{"name", std::vector<std::string>{}}, {"v", std::vector<double>{}}}});
  }
  const Table table = hdf5::read_table(hdf5::open_file(folder_ / "t.h5"), "t");
  EXPECT_EQ(table.rows(), 0U);
  EXPECT_TRUE(table.texts("name").empty());
}

TEST_F(TableFile, UnequalColumnsAreRefusedWhenWritten) {
  const Group root = hdf5::create_file(folder_ / "t.h5");
  const Table table{{{"a", std::vector<double>{1, 2}}, {"b", std::vector<double>{1}}}};
  EXPECT_NE(message_of([&] { hdf5::write_table(root, "t", table); }).find("1 rows, but 'a' has 2"),
            std::string::npos);
}

TEST_F(TableFile, BrokenTablesAreRefusedWhenRead) {
  {
    const Group root = hdf5::create_file(folder_ / "t.h5");
    const Group unequal = root.create_group("unequal");
    unequal.write("a", std::vector<double>{1, 2});
    unequal.write("b", std::vector<double>{1});
    unequal.set("column-order", std::vector<std::string>{"a", "b"});
    const Group absent = root.create_group("absent");
    absent.write("a", std::vector<double>{1, 2});
    absent.set("column-order", std::vector<std::string>{"a", "b"});
    const Group twice = root.create_group("twice");
    twice.write("a", std::vector<double>{1, 2});
    twice.set("column-order", std::vector<std::string>{"a", "a"});
  }
  const Group root = hdf5::open_file(folder_ / "t.h5");
  const auto message = [&](const char* name) {
    return message_of([&] { (void)hdf5::read_table(root, name); });
  };
  EXPECT_NE(message("unequal").find("1 rows, but 'a' has 2"), std::string::npos);
  EXPECT_NE(message("absent").find("a column that is absent"), std::string::npos);
  EXPECT_NE(message("twice").find("names a column twice"), std::string::npos);
}

}  // namespace
}  // namespace cance
