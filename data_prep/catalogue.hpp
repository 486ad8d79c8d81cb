// The public data sets that `cance prep` knows: where they are published, under which licence, and
// what their files hash to. A new set is a row in catalogue_rows.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "data_prep/prep_summary.hpp"

namespace cance::prep {

/// One published file; users may hold it unpacked, without ".gz".
struct PublicFile {
  std::string name;                  ///< as published
  std::string sha256 = {};           ///< of the published file; empty: unknown
  std::string unpacked_sha256 = {};  ///< of what is in the .gz; empty: unknown
  std::uintmax_t bytes = 0;          ///< of the published file; 0: unknown
  std::string address = {};          ///< where it does not lie in the folder of its set
};

struct PublicSet {
  std::string name;     ///< as on the command line
  std::string about;    ///< what it holds, in a few words
  std::string address;  ///< folder of the published files, ends in "/"
  std::string licence;
  std::vector<std::string> class_names;  ///< by class number
  std::vector<PublicFile> files;
  std::vector<PublicFile> members = {};  ///< of an archive, known in whatever archive they come
};

/// All sets, in the order of help texts.
[[nodiscard]] std::span<const PublicSet> catalogue();

/// The set of that name, which must be there.
[[nodiscard]] const PublicSet& public_set(const std::string& name);

/// The command that makes the dataset file `out` of settings that name `dataset`, as far as that is
/// known: "'cance prep mnist --raw raw/mnist --out data/mnist.h5'".
[[nodiscard]] std::string making_line(const std::string& dataset, const std::string& out);

/// Where `file` of `set` is published.
[[nodiscard]] std::string address_of(const PublicSet& set, const PublicFile& file);

/// The published file in `folder`, with or without its ".gz" (MNIST: its name also with '.' for the
/// '-' before "idx"); else an empty path.
[[nodiscard]] std::filesystem::path find_published(const std::filesystem::path& folder,
                                                   const PublicFile& file);

/// `raw` itself when it is a file, else the first of the set's files that lies in this folder.
/// Error: neither is there; names all files of the set and where they are published.
[[nodiscard]] std::filesystem::path find_source(const PublicSet& set,
                                                const std::filesystem::path& raw);

/// Compares the hash `found` of `name` with the catalogue's; a warning names both that differ.
[[nodiscard]] CheckedSource check_hash(const PublicFile& expected, const std::string& name,
                                       const std::string& found);

/// Hashes the file at `path` and checks it. Error: unreadable.
[[nodiscard]] CheckedSource check_source(const PublicFile& expected,
                                         const std::filesystem::path& path);

/// As above, against that file of `set` which has the name of `path`; a name that the catalogue
/// lacks is unknown, without a warning.
[[nodiscard]] CheckedSource check_source(const PublicSet& set, const std::filesystem::path& path);

}  // namespace cance::prep
