// The public data sets that `cance prep` knows: where they are published, under which licence, and
// what their files hash to. A new set of the same format joins by a row in catalogue.cpp.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// One published file; users hold it gzipped or unpacked.
struct PublicFile {
  std::string name;        ///< as published, without ".gz"
  std::string gz_sha256;   ///< of the published .gz
  std::string raw_sha256;  ///< of the unpacked file
};

/// A data set of four IDX files.
struct PublicSet {
  std::string name;     ///< as on the command line
  std::string address;  ///< folder of the published files, ends in "/"
  std::string licence;
  store::Shape image;  ///< {c, h, w}
  std::vector<std::string> class_names;
  PublicFile train_images, train_labels, test_images, test_labels;
};

/// All sets, in the order of help texts.
[[nodiscard]] std::span<const PublicSet> catalogue();

/// The set of that name. Error: unknown; suggests the nearest name and lists all, with those of
/// `also`.
[[nodiscard]] const PublicSet& public_set(const std::string& name,
                                          const std::vector<std::string>& also = {});

/// Hashes the file at `path` and compares it with the catalogue's `expected`; an unknown file is a
/// warning that names both hashes. Error: unreadable.
[[nodiscard]] CheckedSource check_source(const PublicFile& expected,
                                         const std::filesystem::path& path);

}  // namespace cance::prep
