// Seeded mutations of the texts that users and files bring: settings, tables from the file to the
// rows that come out, what a data set says of its preparation, records of running cells. Each is
// refused with an Error or read.
#include <gtest/gtest.h>

#include <functional>

#include "base/cast.hpp"
#include "config/load.hpp"
#include "data_prep/input_rows.hpp"
#include "data_prep/tables/preparation.hpp"
#include "data_prep/tables/table_plan.hpp"
#include "store/running.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/robustness/mutations.hpp"
#include "tests/support/folder_test.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;

class TextMutations : public tests::FolderTest {
 protected:
  static void mutate_all(const std::string& original, int usual,
                         const std::function<void(const std::string&)>& read) {
    const auto count = to<std::uint64_t>(tests::mutations(usual));
    std::uint64_t refused = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
      const tests::Bytes mutated = tests::mutate({original.begin(), original.end()}, i);
      try {
        read({mutated.begin(), mutated.end()});
      } catch (const Error& error) {
        ++refused;
        ASSERT_NE(std::string(error.what()), "") << "mutation " << i;
      }
    }
    EXPECT_GT(refused, count / 20);
    EXPECT_LT(refused, count);
  }
  fs::path file(const char* name, const std::string& text) const {
    const fs::path path = folder_ / name;
    fs::remove(path);  // a fresh file: some file systems sync one that is overwritten
    tests::write_plain(path, {text.begin(), text.end()});
    return path;
  }
};

constexpr const char* kTable =
    "a,job,kind\n5432100.25,clerk,0\n5432100.5,smith,0\n,clerk,0\n5432101,clerk,1\n7,smith,0\n";

prep::TableOptions options(const fs::path& raw) {
  prep::TableOptions options;
  options.files.raw = raw;
  options.files.label = "kind";
  options.name = "t";
  options.missing = prep::Missing::median;
  return options;
}

TEST_F(TextMutations, Settings) {
  mutate_all(
      "[grid]\ndataset = mnist\ncases = 0-3\nmethods = knn,cance\nseeds = 0,1\n# "
      "words\n[autoencoder]\nlatent = 4\n"
      "channels = 16,32\nlearning_rate = 1e-3\n[data]\nwindow = 4096\n",
      2000,
      [](const std::string& text) { static_cast<void>(config::parse_config(text, "x.cfg")); });
}

TEST_F(TextMutations, Tables) {
  for (const char* name : {"t.csv", "t.tsv"}) {
    std::string table = kTable;
    if (std::string(name).ends_with(".tsv")) {
      std::ranges::replace(table, ',', '\t');
    }
    mutate_all(table, 300, [&](const std::string& text) {
      const prep::TablePlan plan = prep::plan_table(options(file(name, text)));
      ASSERT_FALSE(prep::describe(plan).empty());
      static_cast<void>(prep::write_table(plan, folder_ / "out.h5"));
    });
  }
}

TEST_F(TextMutations, NewRows) {
  static_cast<void>(
      prep::write_table(prep::plan_table(options(file("t.csv", kTable))), folder_ / "out.h5"));
  const store::DatasetFile dataset(folder_ / "out.h5");
  const store::InputRecord form{dataset.row_shape(), dataset.info().column_names,
                                dataset.info().one_hot_columns, dataset.info().preparation};
  mutate_all(kTable, 1000, [&](const std::string& text) {
    const auto rows = prep::open_input({.path = file("new.csv", text)}, form);
    for (auto block = rows->next(3); !block.empty(); block = rows->next(3)) {
      ASSERT_EQ(block.size() % 3, 0U);  // a, job=clerk, job=smith
    }
  });
  mutate_all(form.preparation, 1000, [](const std::string& text) {
    const prep::RowEncoder encoder(prep::parse_preparation(text, "a run file").columns);
    ASSERT_GE(encoder.names().size(), encoder.one_hot_names().size());
  });
}

TEST_F(TextMutations, RunningRecords) {
  store::RunningCell record;
  record.cell = "a/b/all/seed0";
  record.host = "node1";
  record.stage = "cance";
  record.process = 1;
  store::write_running(folder_, record);
  const fs::path path = folder_ / "running" / "a" / "b" / "all" / "seed0.txt";
  const tests::Bytes good = tests::read_bytes(path);
  mutate_all({good.begin(), good.end()}, 500, [&](const std::string& text) {
    tests::write_plain(path, {text.begin(), text.end()});
    static_cast<void>(store::read_running(folder_));
  });
}

}  // namespace
}  // namespace cance
