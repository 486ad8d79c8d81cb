// Users' own pictures: which lie in a folder, and which class each is of.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "store/dataset_file.hpp"

namespace cance::prep {

struct Picture {
  std::filesystem::path path;
  std::string name;  ///< below the folder, with '/'
  std::int32_t label = 0;
};

/// The pictures of a folder and what their headers say.
struct PictureFolder {
  std::string folder;
  std::vector<std::string> class_names;  ///< "normal", then the kinds of anomalies by name
  std::vector<Picture> train;            ///< by name
  std::vector<Picture> test;             ///< none where all are for training
  std::vector<std::string>
      ignored;                      ///< files that are no JPEG or PNG by their ending, or elsewhere
  std::vector<std::string> broken;  ///< messages, one a picture whose header cannot be read
  std::size_t grey = 0;
  std::size_t colour = 0;
  std::array<std::size_t, 2> heights{};  ///< least and most
  std::array<std::size_t, 2> widths{};
  store::SourceFile source;  ///< one checksum over names and contents of all pictures
};

/// Looks at every picture (.jpg, .jpeg, .png) of
///   train/normal, test/normal and test/anomalous, with a folder for each kind or without; or
///   train/good, test/good and test/KIND, as MVTec AD has them; or the first of these alone.
/// Folders below these count too; hidden files and folders do not. Errors: no such folder, no
/// pictures to train on, none normal or none anomalous to test, a kind that is called normal.
[[nodiscard]] PictureFolder find_pictures(const std::filesystem::path& folder);

/// Whether its name ends as that of a JPEG or PNG file.
[[nodiscard]] bool picture_by_name(const std::filesystem::path& path);

/// All pictures below a folder, by name, whatever the folders mean; hidden ones left out.
[[nodiscard]] std::vector<Picture> pictures_below(const std::filesystem::path& folder);

/// The bytes of a picture. Errors: unreadable, over 1 GiB.
[[nodiscard]] std::vector<std::uint8_t> read_picture(const Picture& picture);

}  // namespace cance::prep
