// New rows for a trained model out of every form of file: the numbers that prep made of the same
// rows, whatever the order of the columns, and clear words where the columns do not fit.
#include "data_prep/input_rows.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/atomic_file.hpp"
#include "data_prep/pictures/folder_set.hpp"
#include "data_prep/tables/preparation.hpp"
#include "data_prep/tables/table_plan.hpp"
#include "store/dataset_file.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/npy_files.hpp"
#include "tests/support/pictures.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

class InputRowsTest : public tests::FolderTest {
 protected:
  fs::path write(const std::string& name, const std::string& text) {
    write_text_file(folder_ / name, text);
    return folder_ / name;
  }
  template <class T>
  fs::path write_npy(const std::string& name, const std::string& type, const std::string& shape,
                     const std::vector<T>& numbers) {
    const auto bytes = tests::npy_bytes(tests::npy_header(type, /*fortran=*/false, shape),
                                        tests::bytes_of_numbers(numbers));
    return write(name, {bytes.begin(), bytes.end()});
  }
  /// What a run file keeps of the dataset at `path`.
  static store::InputRecord form_of(const fs::path& path) {
    const store::DatasetFile file(path);
    return {file.row_shape(), file.info().column_names, file.info().one_hot_columns,
            file.info().preparation};
  }
  static std::vector<float> all(InputRows& rows, std::size_t most = 2) {
    std::vector<float> values;
    for (auto block = rows.next(most); !block.empty(); block = rows.next(most)) {
      values.insert(values.end(), block.begin(), block.end());
    }
    return values;
  }
  static std::vector<float> read(const InputRequest& request, const store::InputRecord& form) {
    return all(*open_input(request, form));
  }
  static void expect_error(const InputRequest& request, const store::InputRecord& form,
                           const std::string& text) {
    const auto message = tests::message_of([&] { static_cast<void>(read(request, form)); });
    EXPECT_NE(message.find(text), std::string::npos) << message << "\nlacks: " << text;
  }
  /// The rows whose reason is given cannot be made: NaN, here -1, in their place, the others as
  /// they are.
  static void expect_faults(const InputRequest& request, const store::InputRecord& form,
                            const std::vector<float>& values,
                            const std::vector<std::pair<std::size_t, std::string>>& faults) {
    for (const std::size_t most : {1U, 100U}) {
      const auto rows = open_input(request, form);
      auto found = all(*rows, most);
      std::ranges::replace_if(
          found, [](float value) { return std::isnan(value); }, -1.0F);
      EXPECT_EQ(found, values) << request.path;
      ASSERT_EQ(rows->faults().size(), faults.size()) << request.path;
      for (std::size_t i = 0; i < faults.size(); ++i) {
        EXPECT_EQ(rows->faults()[i].row, faults[i].first);
        EXPECT_NE(rows->faults()[i].reason.find(faults[i].second), std::string::npos)
            << rows->faults()[i].reason << "\nlacks: " << faults[i].second;
      }
    }
  }
  /// A table of a number with a gap, a category, a column left out, and a label.
  store::InputRecord table_form() {
    const fs::path raw =
        write("train.csv", "age,colour,note,kind\n1,red,x,ok\n3,blue,y,ok\n,red,z,ok\n");
    TableOptions options;
    options.files.raw = raw;
    options.files.label = "kind";
    options.name = "t";
    options.normal = {"ok"};
    options.drop = {"note"};
    options.missing = Missing::mean;
    const auto plan = plan_table(options);
    write_table(plan, folder_ / "t.h5");
    return form_of(folder_ / "t.h5");
  }
};

using Floats = std::vector<float>;

TEST_F(InputRowsTest, ColumnsAreMatchedByNameAndMadeAsPrepMadeThem) {
  const auto form = table_form();
  EXPECT_EQ(form.columns, (std::vector<std::string>{"age", "colour=blue", "colour=red"}));
  const Floats expected{5, 0, 1, 2, 1, 0};
  EXPECT_EQ(read({write("a.csv", "colour,age\nred,5\nblue,NA\n")}, form), expected);
  EXPECT_EQ(read({write("c.csv", "colour;age\nred;5,0\nblue;NA\n")}, form), expected);
  auto commas = form;
  commas.preparation.insert(1, "\"decimal_commas\":true,");
  EXPECT_EQ(read({write("e.csv", "colour;age\nred;5,125\nblue;2\n")}, commas),
            (Floats{5.125F, 0, 1, 2, 1, 0}));
  EXPECT_EQ(read({write("f.csv", "colour;age\nred;5.5\nblue;2\n")}, commas),
            (Floats{5.5F, 0, 1, 2, 1, 0}));
  EXPECT_EQ(read({write("d.csv", "colour\tage\nred\t5\nblue\t2.0\n")}, form), expected);
  EXPECT_EQ(read({write("b.csv", "note,kind,colour,age\nq,bad,red,5\nr,ok,blue,\n")}, form),
            expected);
  InputRequest request{write("c.csv", "who,age,colour\nann,5,red\nbob,,blue\n")};
  request.id = "who";
  const auto rows = open_input(request, form);
  EXPECT_EQ(all(*rows), expected);
  EXPECT_EQ(rows->names(), (std::vector<std::string>{"ann", "bob"}));
}

TEST_F(InputRowsTest, NamesWhatDoesNotFitATable) {
  const auto form = table_form();
  expect_error({write("a.csv", "Age,colour\n1,red\n")}, form,
               "missing: 'age' (is 'Age' meant?); not known: 'Age'");
  expect_error({write("b.csv", "age,colour,extra\n1,red,2\n")}, form, "not known: 'extra'");
  expect_faults({write("e.csv", "age,colour\n1\n1,red,2\n5,red\n")}, form,
                {-1, -1, -1, -1, -1, -1, 5, 0, 1},
                {{0, "line 2: 1 fields, expected 2"}, {1, "line 3: 3 fields, expected 2"}});
  expect_error({write("f.csv", "1,2,3,4,5\n")}, form, "5 columns without names");
  expect_error({folder_ / "absent.csv"}, form, "absent.csv: no such file");
  InputRequest request{write("g.csv", "age,colour\n1,red\n")};
  request.id = "Age";
  expect_error(request, form, "no column 'Age' (--id); did you mean 'age'?");
}

TEST_F(InputRowsTest, RowsThatCannotBeMadeAreNamedAndTheOthersRead) {
  const auto form = table_form();
  expect_faults(
      {write("c.csv", "age,colour\n7,red\n1,green\nold,red\n1e39,red\ninf,red\n8,blue\n")}, form,
      {7, 0, 1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 0, 1, 8, 1, 0},
      {{1, "c.csv: line 3, column colour: 'green' is not one of its 2 categories"},
       {2, "c.csv: line 4, column age: 'old' is not a number"},
       {3, "c.csv: line 5, column age: 1e+39 is beyond the numbers of 32 bits"}});
  const store::InputRecord plain{{2}, {"x0", "x1"}, {}, ""};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  write_npy("nan.npy", "<f8", "(3, 2)", std::vector<double>{1, 2, 1, nan, 3, 4});
  expect_faults({folder_ / "nan.npy"}, plain, {1, 2, -1, -1, 3, 4},
                {{1, "nan.npy: row 1, column x1: 'nan' is not a number"}});
  write_npy("images.npy", "<f4", "(3, 1, 2)", std::vector<float>{0, 255, 3, 256, 4, 5});
  expect_faults({folder_ / "images.npy"}, {{1, 1, 2}, {}, {}, ""}, {0, 255, -1, -1, 4, 5},
                {{1, "images.npy: image 1: a value of 256, expected 0 to 255"}});
}

TEST_F(InputRowsTest, RowsOfADatasetFileWithGapsAreNamed) {
  const auto form = table_form();
  const std::vector<float> values{1, 0, 1, std::nanf(""), 1, 0, 2, 0, 1};
  {
    store::DatasetWriter writer(folder_ / "gap.h5",
                                {"gap", "", {"normal", "anomalous"}, form.columns, {}});
    writer.append_rows("all", values, 3, std::vector<std::int32_t>{0, 0, 0});
    writer.commit();
  }
  expect_faults({folder_ / "gap.h5"}, form, {1, 0, 1, -1, -1, -1, 2, 0, 1},
                {{1, "all/x: row 1 holds a value that is not finite"}});
}

TEST_F(InputRowsTest, ArraysAndTablesWithoutNamesGoByPlace) {
  const store::InputRecord form{{2}, {"x0", "x1"}, {}, ""};
  const Floats expected{1, 2, 3, 4, 5, 6};
  write_npy("x.npy", "<f8", "(3, 2)", std::vector<double>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(read({folder_ / "x.npy"}, form), expected);
  EXPECT_EQ(read({write("x.csv", "1,2\n3,4\n5,6\n")}, form), expected);
  write_npy("wide.npy", "<f8", "(1, 3)", std::vector<double>{1, 2, 3});
  expect_error({folder_ / "wide.npy"}, form, "3 columns without names, expected the 2");
}

TEST_F(InputRowsTest, NamesOfNumbersAreNamesWhereTrainingSawThem) {
  TableOptions options;
  options.files.raw = write("train.csv", "0,1,kind\n5,6,0\n7,8,0\n");
  options.files.label = "kind";
  options.name = "t";
  write_table(plan_table(options), folder_ / "t.h5");
  const auto form = form_of(folder_ / "t.h5");
  EXPECT_EQ(read({write("a.csv", "0,1\n1,2\n")}, form), (Floats{1, 2}));
  EXPECT_EQ(read({write("b.csv", "1,0\n1,2\n")}, form), (Floats{2, 1}));
  EXPECT_EQ(read({write("c.csv", "3,4\n1,2\n")}, form), (Floats{3, 4, 1, 2}));
  expect_error({write("d.csv", "0,4\n1,2\n")}, form, "d.csv: line 1: this line holds numbers only");
  InputRequest request{folder_ / "d.csv"};
  request.csv.header = Header::no;
  EXPECT_EQ(read(request, form), (Floats{0, 4, 1, 2}));
  request.path = folder_ / "a.csv";
  EXPECT_EQ(read(request, form), (Floats{0, 1, 1, 2}));
  write_npy("x.npy", "<f8", "(1, 2)", std::vector<double>{1, 2});
  EXPECT_EQ(read({folder_ / "x.npy"}, form), (Floats{1, 2})) << "an array goes by place";
}

TEST_F(InputRowsTest, ARunOfATableWithoutNamesGoesByPlace) {
  TableOptions options;
  options.files.raw = write("train.csv", "5,6,0\n7,8,0\n");
  options.files.header = Header::no;
  options.files.label = "x2";
  options.name = "t";
  write_table(plan_table(options), folder_ / "t.h5");
  const auto form = form_of(folder_ / "t.h5");
  EXPECT_EQ(read({write("a.csv", "1,2\n3,4\n")}, form), (Floats{1, 2, 3, 4}));
  EXPECT_EQ(read({write("b.csv", "x1,x0\n1,2\n")}, form), (Floats{2, 1}));
  InputRequest request{write("c.csv", "a,b,kind\n1,2,0\n")};
  request.csv.header = Header::yes;
  EXPECT_EQ(read(request, form), (Floats{1, 2}));
}

TEST_F(InputRowsTest, OffsetsAreThoseOfTheRun) {
  const auto table = [this](const std::string& name, const std::string& text) {
    TableOptions options;
    options.files.raw = write(name + ".csv", text);
    options.name = name;
    write_table(plan_table(options), folder_ / (name + ".h5"));
    return form_of(folder_ / (name + ".h5"));
  };
  const auto form = table("a", ",t\n0,1700000000001\n1,1700000000002\n2,1700000000003\n");
  table("b", "t\n1700000000011\n1700000000012\n1700000000013\n");
  EXPECT_EQ(read({folder_ / "a.h5"}, form), (Floats{-1, 0, 1}));
  EXPECT_EQ(read({folder_ / "b.csv"}, form), (Floats{9, 10, 11}));
  EXPECT_EQ(read({folder_ / "b.h5"}, form), (Floats{9, 10, 11})) << "the file has another offset";
  const store::InputRecord named = {{2}, {"height", "width"}, {}, ""};
  write_npy("two.npy", "<f8", "(1, 2)", std::vector<double>{7, 1});
  EXPECT_EQ(read({folder_ / "two.npy"}, named), (Floats{7, 1}));
  expect_faults({folder_ / "two.npy"}, table_form(), {-1, -1, -1},
                {{0, "'1' is not one of its 2"}});
}

TEST_F(InputRowsTest, DatasetFilesGiveTheirRows) {
  const auto form = table_form();
  EXPECT_EQ(read({folder_ / "t.h5"}, form), (Floats{1, 0, 1, 3, 1, 0, 2, 0, 1}));
  InputRequest request{folder_ / "t.h5"};
  request.rows = {2, 0};
  EXPECT_EQ(read(request, form), (Floats{2, 0, 1, 1, 0, 1}));
  store::InputRecord other = form;
  other.columns = {"age", "colour=green", "colour=red"};
  expect_error({folder_ / "t.h5"}, other, "column 1 is 'colour=blue'");
  other = {{7}, {}, {}, ""};
  expect_error({folder_ / "t.h5"}, other, "rows of 3, but the run was trained on rows of 7");
  request.part = "train";
  expect_error(request, form, "there is no part 'train'");
}

TEST_F(InputRowsTest, ImagesOfEveryForm) {
  const store::InputRecord form{{1, 2, 3}, {}, {}, ""};
  std::vector<std::uint8_t> pixels(12);
  std::iota(pixels.begin(), pixels.end(), 0);
  const Floats expected(pixels.begin(), pixels.end());
  write_npy("plain.npy", "|u1", "(2, 2, 3)", pixels);
  write_npy("first.npy", "|u1", "(2, 1, 2, 3)", pixels);
  write_npy("last.npy", "|u1", "(2, 2, 3, 1)", pixels);
  for (const char* name : {"plain.npy", "first.npy", "last.npy"}) {
    EXPECT_EQ(read({folder_ / name}, form), expected) << name;
  }
  const store::InputRecord colour{{3, 1, 2}, {}, {}, ""};
  write_npy("colour.npy", "|u1", "(2, 1, 2, 3)", pixels);
  EXPECT_EQ(read({folder_ / "colour.npy"}, colour), (Floats{0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}));
  expect_error({folder_ / "plain.npy"}, colour, "trained on images of 3 x 1 x 2");
  expect_error({write("t.csv", "a,b\n1,2\n")}, form, "trained on images of 1 x 2 x 3");
}

TEST_F(InputRowsTest, RawValuesOfImagesAreThoseOfTraining) {
  store::InputRecord form{{1, 1, 3}, {}, {}, ""};
  write_npy("unit.npy", "<f4", "(1, 1, 3)", std::vector<float>{0, 0.5F, 1});
  expect_error({folder_ / "unit.npy"}, form,
               "lie in 0 to 1, but the run was trained on images of "
               "0 to 255; give --range=0,1 (or --range=0,255 if they are all but black)");
  InputRequest unit{folder_ / "unit.npy"};
  unit.range = {0, 1};
  EXPECT_EQ(read(unit, form), (Floats{0, 127.5F, 255}));
  unit.range = {0, 255};
  EXPECT_EQ(read(unit, form), (Floats{0, 0.5F, 1}));
  write_npy("signed.npy", "<f4", "(1, 1, 3)", std::vector<float>{-1, 0, 1});
  expect_error({folder_ / "signed.npy"}, form, "--range=-1,1");
  write_npy("black.npy", "<f4", "(1, 1, 3)", std::vector<float>{0, 0, 0});
  EXPECT_EQ(read({folder_ / "black.npy"}, form), (Floats{0, 0, 0}));

  const auto put = [this](const std::string& name, const tests::Bytes& bytes) {
    return write(name, {bytes.begin(), bytes.end()});
  };
  const InputRequest deep{put("deep.png", tests::deep_png({1000, 1128, 1300}, 3))};
  const InputRequest flat{put("flat.png", tests::png(1, 8, false, 3, 1))};
  expect_faults(deep, form, {-1, -1, -1}, {{0, "deep.png: 16 bits a sample, but the run was"}});
  form.preparation = R"({"range":[1000,1255]})";
  EXPECT_EQ(read(deep, form), (Floats{0, 128, 255}));
  expect_faults(flat, form, {-1, -1, -1},
                {{0, "flat.png: 8 bits a sample, expected 16, of which 1000"}});
  write_npy("deep.npy", "<u2", "(1, 1, 3)", std::vector<std::uint16_t>{1000, 1128, 1300});
  EXPECT_EQ(read({folder_ / "deep.npy"}, form), (Floats{0, 128, 255})) << "as of the picture";
  for (const char* name : {"deep.npy", "deep.png"}) {  // 1300 is beyond
    const auto rows = open_input({folder_ / name}, form);
    static_cast<void>(rows->next(9));
    EXPECT_EQ(rows->cut_rows(), 1U) << name;
  }
}

TEST_F(InputRowsTest, PicturesAreMadeAsThoseOfTheirFolder) {
  const auto put = [this](const std::string& name, const tests::Bytes& bytes) {
    write(name, {bytes.begin(), bytes.end()});
  };
  put("raw/train/normal/a.png", tests::png(1, 8, false));
  put("raw/test/normal/b.jpeg", tests::jpeg(3, false));
  put("raw/test/anomalous/c.png", tests::png(3, 8, false, 50, 60));
  write_pictures(find_pictures(folder_ / "raw"), {.name = "p", .size = 16}, folder_ / "p.h5");
  const auto form = form_of(folder_ / "p.h5");
  const auto rows = open_input({folder_ / "raw" / "test"}, form);
  const Floats found = all(*rows, 1);
  EXPECT_EQ(rows->names(), (std::vector<std::string>{"anomalous/c.png", "normal/b.jpeg"}));
  InputRequest own{folder_ / "p.h5"};
  own.rows = {1, 0};
  EXPECT_EQ(found, read(own, form));
  EXPECT_EQ(read({folder_ / "raw/test/anomalous/c.png"}, form),
            Floats(found.begin(), found.begin() + 3 * 16 * 16));
  const store::InputRecord as_it_is{{1, 28, 28}, {}, {}, ""};
  expect_faults(
      {folder_ / "raw/test/anomalous/c.png"}, as_it_is, Floats(784, -1),
      {{0, "a picture of 3 x 60 x 50 (channels x height x width), expected 1 x 28 x 28"}});
  put("raw/test/broken.png", {1, 2, 3});
  Floats with_gap = found;
  with_gap.insert(with_gap.begin() + 3 * 16 * 16, 3 * 16 * 16, -1);
  expect_faults({folder_ / "raw" / "test"}, form, with_gap,
                {{1, (folder_ / "raw" / "test" / "broken.png").string() + ": "}});
  fs::create_directories(folder_ / "empty");
  expect_error({folder_ / "empty"}, form, "no .jpg, .jpeg, .png or .bmp file in it");
}

TEST(Preparation, SurvivesItsText) {
  const Preparation before{
      .columns = {{.name = "a", .fill = 0.1},
                  {.name = "b", .use = ColumnUse::one_hot, .categories = {"x", "y"}},
                  {.name = "c", .use = ColumnUse::coded, .codes = {"M", "F"}},
                  {.name = "d", .use = ColumnUse::left_out},
                  {.name = "e", .offset = 5432100.125}},
      .label = "d",
      .header = false};
  const Preparation after = parse_preparation(preparation_text(before), "here");
  ASSERT_EQ(after.columns.size(), before.columns.size());
  for (std::size_t i = 0; i < before.columns.size(); ++i) {
    EXPECT_EQ(after.columns[i].name, before.columns[i].name);
    EXPECT_EQ(after.columns[i].use, before.columns[i].use);
    EXPECT_EQ(after.columns[i].categories, before.columns[i].categories);
    EXPECT_EQ(after.columns[i].codes, before.columns[i].codes);
    EXPECT_EQ(after.columns[i].fill, before.columns[i].fill);
    EXPECT_EQ(after.columns[i].offset, before.columns[i].offset);
  }
  EXPECT_EQ(after.label, "d");
  EXPECT_FALSE(after.header);
  EXPECT_TRUE(parse_preparation(preparation_text({.pictures = true}), "here").pictures);
  for (const char* damaged : {"{", "[]", R"({"columns": [{"name": 3}]})",
                              R"({"columns": [{"name": "a", "use": "what"}]})"}) {
    EXPECT_THROW(static_cast<void>(parse_preparation(damaged, "here")), Error) << damaged;
  }
}

}  // namespace
}  // namespace cance::prep
