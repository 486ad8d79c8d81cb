// A folder of run files and the archive collected from it.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <string>

#include "archive/archive_file.hpp"
#include "archive/collect.hpp"
#include "hdf5/seal.hpp"
#include "tests/support/folder_test.hpp"
#include "tests/support/sample_run.hpp"

namespace cance::tests {

class SampleArchive : public FolderTest {
 protected:
  void SetUp() override { std::filesystem::create_directories(runs_); }

  std::filesystem::path write(const std::string& cell, int seed,
                              const std::filesystem::path& folder) const {
    const std::filesystem::path path = folder / (cell + ".h5");
    store::write_run_file(path, sample_run(cell, seed));
    return path;
  }
  std::filesystem::path write(int digit, int seed) const {
    return write(fmt::format("mnist/unimodal/class{}/seed{}", digit, seed), seed, runs_);
  }
  archive::CollectResult collect(bool links = false, bool replace = false) const {
    return archive::collect({{runs_}, out_, links, replace});
  }
  /// Changes the archive as another tool would: without its checksum line.
  void tamper(const std::function<void(const hdf5::Group&)>& change,
              const std::string& left_out = "") const {
    const std::filesystem::path changed = folder_ / "changed.h5";
    {
      const archive::ArchiveFile good(out_);
      const hdf5::Group root = hdf5::create_file(changed);
      const hdf5::Group old = hdf5::open_file(out_);
      for (const char* name : {"runs", "cells", "table", "aggregates"}) {
        if (name != left_out) {
          old.group(name).copy_to(root, name);
        }
      }
      root.set("schema", old.text("schema"));
      root.set("schema_version", old.text("schema_version"));
      root.set("links", old.boolean("links"));
      change(root);
      root.set("complete", true);
    }
    hdf5::seal_file(changed, "archive");
    std::filesystem::rename(changed, out_);
  }

  std::filesystem::path runs_ = folder_ / "runs";
  std::filesystem::path out_ = folder_ / "archive.h5";
};

}  // namespace cance::tests
