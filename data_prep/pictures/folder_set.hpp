// From a folder of the user's own pictures to a dataset file.
#pragma once

#include <filesystem>
#include <string>

#include "data_prep/pictures/picture_folder.hpp"
#include "data_prep/prep_summary.hpp"

namespace cance::prep {

enum class Colours { as_found, grey, colour };

struct FolderOptions {
  std::string name;                              ///< of the data set
  std::size_t size = 0;                          ///< side of the squares; 0: the files as they are
  Colours colours = Colours::as_found;           ///< grey when all are; for squares only
  std::optional<image::SampleRange> range = {};  ///< of 16 bits; none: range_of
  bool skip_broken = false;                      ///< leave out, with a warning, what cannot be read
};

/// Writes `out`: parts train and test, class 0 normal, each row named by its path. Squares: the
/// shorter side resized to `size`, then the middle, uint8 [n, c, size, size]; pictures pass through
/// memory one by one. Otherwise each file as it is (encoded). Every picture is decoded; those that
/// cannot be are one Error (and nothing is written), or left out with `skip_broken`.
PrepSummary write_pictures(const PictureFolder& found, const FolderOptions& options,
                           const std::filesystem::path& out);

}  // namespace cance::prep
