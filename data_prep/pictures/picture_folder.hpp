// Users' own pictures: which lie in a folder, and which class each is of.
#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "image/image.hpp"
#include "store/dataset_file.hpp"

namespace cance::prep {

struct Picture {
  std::filesystem::path path;
  std::string name;  ///< below the folder, with '/'
  std::int32_t label = 0;
  std::string fault = {};  ///< why it, or a folder of this name, cannot be read
};

/// The pictures of a folder and what their headers say.
struct PictureFolder {
  std::string folder;
  std::vector<std::string> class_names;  ///< "normal", then the kinds of anomalies by name
  std::vector<Picture> train;            ///< by name; of a folder that is not split all
  std::vector<Picture> test;             ///< none where nothing is split off
  std::vector<std::string> ignored;      ///< no pictures by their ending, hidden, or elsewhere
  std::vector<std::string> broken;       ///< messages, one a picture whose header cannot be read
  std::size_t grey = 0;
  std::size_t colour = 0;
  std::size_t deep = 0;                  ///< of 16 bits a sample
  image::SampleRange samples{65535, 0};  ///< least and most of those to train on
  std::array<std::size_t, 2> heights{};  ///< least and most
  std::array<std::size_t, 2> widths{};
  store::SourceFile source;  ///< one checksum over names and contents of all pictures
};

/// Looks at every picture (.jpg, .jpeg, .png, .bmp) of
///   train/normal, test/normal and test/anomalous, with a folder for each kind or without; or
///   train/good, test/good and test/KIND, as MVTec AD has them; or the first of these alone; or
///   normal and anomalous, or good and KIND, which are not split; or
///   a folder without folders, whose pictures are then all normal.
/// `normal` are the folders of normal pictures, by default normal, good and ok; the case of all of
/// these names does not matter. Folders below these count too, and links are followed; hidden files
/// and folders are ignored. Errors, with what was seen: no such folder, none to train on, none
/// normal or anomalous to test, a kind called normal, no folder of a name in `normal`.
[[nodiscard]] PictureFolder find_pictures(const std::filesystem::path& folder,
                                          const std::vector<std::string>& normal = {});

/// What 0 and 255 stand for in its pictures of 16 bits: the samples to train on, and half as much
/// again on either side; where others have 8 bits, the whole range. Nothing where all have 8.
[[nodiscard]] std::optional<image::SampleRange> range_of(const PictureFolder& found);

/// Whether its name ends as that of a JPEG, PNG or BMP file.
[[nodiscard]] bool picture_by_name(const std::filesystem::path& path);

/// All pictures below a folder, by name, whatever the folders mean, with links and folders that
/// cannot be read. Other files and hidden ones are warned of. Error, with what was seen: none.
[[nodiscard]] std::vector<Picture> pictures_below(const std::filesystem::path& folder);

/// The bytes of a picture. Errors: unreadable, over 1 GiB.
[[nodiscard]] std::vector<std::uint8_t> read_picture(const Picture& picture);

}  // namespace cance::prep
