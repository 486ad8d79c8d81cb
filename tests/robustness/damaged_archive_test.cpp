// Five hundred damaged archives: bit flips and truncation with and without the checksum line,
// swapped members, wrong types, missing attributes, huge sizes. Each is refused with a message or
// read as it was; never a crash, a hang or another number in a table.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>

#include "archive/archive_file.hpp"
#include "archive/check.hpp"
#include "archive/collect.hpp"
#include "archive/run_source.hpp"
#include "base/atomic_file.hpp"
#include "hdf5/seal.hpp"
#include "hdf5/table.hpp"
#include "store/schema.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance {
namespace {

namespace fs = std::filesystem;
const int kDamages = tests::mutations(250);  // with the checksum line, and as many without it

class DamagedArchive : public tests::FolderTest {
 protected:
  enum Outcome : int { kSame = 0, kRefused = 10, kFaults = 15, kOther = 20 };
  void SetUp() override {
    for (int seed = 0; seed < 2; ++seed) {
      const std::string cell = fmt::format("mnist/unimodal/class3/seed{}", seed);
      store::write_run_file(folder_ / "runs" / (cell + ".h5"), tests::sample_run(cell, seed));
    }
    static_cast<void>(archive::collect({{folder_ / "runs"}, good_}));
    bytes_ = read_text_file(good_);
    metrics_ = metrics_in(good_);
  }

  static std::vector<double> metrics_in(const fs::path& path) {
    std::vector<double> values;
    for (const auto& place : archive::find_runs({path})) {
      const auto run = place.read(store::Detail::light);
      for (const auto& metric : run.metrics) {
        values.push_back(metric.value);
      }
      for (const auto& [method, scores] : run.scores) {
        values.insert(values.end(), scores.begin(), scores.end());
      }
    }
    const archive::ArchiveFile file(path);
    for (const auto& member : file.members()) {
      for (const auto& metric : member.metrics) {
        values.push_back(metric.value);
      }
    }
    return values;
  }

  /// What reading says, and what checking says.
  int outcome(const fs::path& path) const {
    try {
      const bool same = metrics_in(path) == metrics_;
      const bool faults = !archive::check_archive(path).faults.empty();
      return same ? kSame : faults ? kFaults : kOther;
    } catch (const Error&) {
      return kRefused;
    }
  }
  int outcome_of(const std::string& bytes) const {
    const fs::path path = folder_ / "damaged.h5";
    write_text_file(path, bytes);
    return tests::in_child([&] { return outcome(path); });
  }

  fs::path good_ = folder_ / "good.h5";
  std::string bytes_;
  std::vector<double> metrics_;
};

TEST_F(DamagedArchive, SealedIsRefused) {
  ASSERT_EQ(outcome_of(bytes_), kSame);
  int refused = 0;
  for (int trial = 0; trial < kDamages; ++trial) {
    std::string what;
    const int result = outcome_of(tests::damaged(bytes_, trial, what));
    EXPECT_TRUE(result == kRefused || result == kSame) << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kDamages * 9 / 10);
}

TEST_F(DamagedArchive, UnsealedNeverCrashesOrChangesANumberUnseen) {
  const std::string unsealed = tests::without_seal(bytes_);
  ASSERT_EQ(outcome_of(unsealed), kSame);
  int refused = 0;
  for (int trial = 0; trial < kDamages; ++trial) {
    std::string what;
    const int result = outcome_of(tests::damaged(unsealed, trial, what));
    EXPECT_TRUE(result == kRefused || result == kSame || result == kFaults)
        << what << ": outcome " << result;
    refused += result == kRefused ? 1 : 0;
  }
  EXPECT_GE(refused, kDamages / 2);
}

/// An archive that was made by hand: the good one's content, changed by `change`, sealed anew.
class ForgedArchive : public DamagedArchive {
 protected:
  fs::path forged(
      const std::function<void(const hdf5::Group& from, const hdf5::Group& to)>& make) const {
    const fs::path path = folder_ / "forged.h5";
    {
      const hdf5::Group from = hdf5::open_file(good_);
      const hdf5::Group to = hdf5::create_file(path);
      to.set("schema", store::kArchiveSchema);
      to.set("schema_version", "1.0");
      to.set("links", false);
      make(from, to);
      to.set("complete", true);
    }
    hdf5::seal_file(path, "archive");
    return path;
  }
  static void copy(const hdf5::Group& from, const hdf5::Group& to,
                   std::initializer_list<const char*> names) {
    for (const char* name : names) {
      from.group(name).copy_to(to, name);
    }
  }
  static constexpr const char* kFirst = "runs/mnist/unimodal/class3/seed0";
  static constexpr const char* kSecond = "runs/mnist/unimodal/class3/seed1";
};

TEST_F(ForgedArchive, SwappedMembersAreNamed) {
  const auto path = forged([](const hdf5::Group& from, const hdf5::Group& to) {
    copy(from, to, {"cells", "table", "aggregates"});
    static_cast<void>(to.create_group("runs/mnist/unimodal/class3"));
    from.group(kFirst).copy_to(to, kSecond);
    from.group(kSecond).copy_to(to, kFirst);
  });
  const auto check = archive::check_archive(path);
  ASSERT_EQ(check.faults.size(), 2U);
  EXPECT_NE(check.faults[0].find("seed0"), std::string::npos);
  EXPECT_NE(check.faults[1].find("seed1"), std::string::npos);
}

TEST_F(ForgedArchive, MissingPartsWrongTypesAndHugeSizesAreRefused) {
  const std::vector<std::function<void(const hdf5::Group&, const hdf5::Group&)>> makers = {
      [](const auto& from, const auto& to) {
        copy(from, to, {"runs", "table", "aggregates"});
      },
      [](const auto& from, const auto& to) {
        copy(from, to, {"runs", "cells", "aggregates"});
      },
      [](const auto& from, const auto& to) {
        copy(from, to, {"runs", "cells", "table"});
      },
      [](const auto& from, const auto& to) {
        copy(from, to, {"cells", "table", "aggregates"});
      },
      [](const auto& from, const auto& to) {  // numbers where texts are due
        copy(from, to, {"runs", "table", "aggregates"});
        hdf5::Table table = hdf5::read_table(from, "cells");
        table.columns[0].second = std::vector<double>{1, 2};
        hdf5::write_table(to, "cells", table);
      },
      [](const auto& from, const auto& to) {  // a metric of nobody
        copy(from, to, {"runs", "cells", "aggregates"});
        hdf5::Table table = hdf5::read_table(from, "table");
        std::get<std::vector<std::string>>(table.columns[0].second)[0] = "mnist/unimodal/none";
        hdf5::write_table(to, "table", table);
      },
      [](const auto& from, const auto& to) {  // a cell twice
        copy(from, to, {"runs", "table", "aggregates"});
        hdf5::Table table = hdf5::read_table(from, "cells");
        auto& cells = std::get<std::vector<std::string>>(table.columns[0].second);
        cells[1] = cells[0];
        hdf5::write_table(to, "cells", table);
      },
      [](const auto& from, const auto& to) {  // an attribute of a run is gone, another type
        copy(from, to, {"cells", "table", "aggregates", "runs"});
        to.group(kFirst).set("seed", "zero");
      },
      [](const auto& from, const auto& to) {
        copy(from, to, {"cells", "table", "aggregates", "runs"});
        to.group(kFirst).set("complete", false);
      }};
  for (std::size_t i = 0; i < makers.size(); ++i) {
    const int result = tests::in_child([&, path = forged(makers[i])] { return outcome(path); });
    EXPECT_TRUE(result == kRefused || result == kFaults) << "maker " << i << ": outcome " << result;
  }
}

TEST_F(ForgedArchive, AChangedTableIsAFault) {
  const auto path = forged([](const hdf5::Group& from, const hdf5::Group& to) {
    copy(from, to, {"runs", "cells", "aggregates"});
    hdf5::Table table = hdf5::read_table(from, "table");
    std::get<std::vector<double>>(table.columns.back().second)[3] += 1e-9;
    hdf5::write_table(to, "table", table);
  });
  const auto check = archive::check_archive(path);
  ASSERT_EQ(check.faults.size(), 1U);
  EXPECT_TRUE(check.faults[0].starts_with("/table: row 3: value is")) << check.faults[0];
}

TEST_F(ForgedArchive, ANewerMajorVersionIsRefused) {
  const auto path = forged([](const hdf5::Group& from, const hdf5::Group& to) {
    copy(from, to, {"runs", "cells", "table", "aggregates"});
    to.set("schema_version", "2.0");
  });
  try {
    const archive::ArchiveFile file(path);
    FAIL() << "it was read";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("use a newer cance"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace cance
