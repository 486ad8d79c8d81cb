#include "data_prep/pictures/picture_folder.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "base/sha256.hpp"
#include "image/decode.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30U;
const std::set<std::string> kNormal = {"normal", "good"};
const std::string kAnomalous = "anomalous";
constexpr const char* kLayout =
    "expected train/normal, test/normal and test/anomalous/KIND (or train/good, test/good and "
    "test/KIND), or train/normal alone for protocol fit, with .jpg, .jpeg or .png files";

/// Where pictures of one part belong, by the folders above them: a class name, or empty for none.
std::string kind_of(const std::string& part, const fs::path& below) {
  std::vector<std::string> folders;
  for (const fs::path& folder : below.parent_path()) {
    folders.push_back(folder.string());
  }
  if (folders.empty()) {
    return "";
  }
  if (kNormal.contains(folders.front())) {
    return "normal";
  }
  if (part == "train") {
    return "";
  }
  if (folders.front() != kAnomalous) {
    return folders.front();
  }
  return folders.size() == 1 ? kAnomalous : folders[1];
}

}  // namespace

bool picture_by_name(const fs::path& path) {
  std::string ending = path.extension().string();
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png";
}

namespace {

/// All files below `folder`, as paths below it, in order; hidden ones left out.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  require(!error, "{}: the folder cannot be read: {}", folder.string(), error.message());
  while (entry != fs::recursive_directory_iterator()) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory(error)) {
      entry.disable_recursion_pending();
    } else if (!hidden && entry->is_regular_file(error)) {
      files.push_back(entry->path().lexically_relative(folder));
    }
    entry.increment(error);
    require(!error, "{}: a folder below it cannot be read: {}", folder.string(), error.message());
  }
  std::ranges::sort(files);
  return files;
}

using Kinds = std::map<std::string, std::vector<Picture>>;

/// The test pictures by kind; those for training go to `found.train`, the rest to `found.ignored`.
Kinds sort_files(PictureFolder& found) {
  Kinds kinds;
  for (const fs::path& file : files_below(found.folder)) {
    const std::string part = file.begin()->string();
    const bool known = (part == "train" || part == "test") && picture_by_name(file);
    const std::string kind = known ? kind_of(part, file.lexically_relative(part)) : "";
    Picture picture{fs::path(found.folder) / file, file.generic_string(), 0};
    if (kind.empty()) {
      found.ignored.push_back(picture.name);
    } else if (part == "train") {
      found.train.push_back(std::move(picture));
    } else {
      require(kind != "normal" || kNormal.contains(std::next(file.begin())->string()),
              "{}: a kind of anomaly that is called normal; name it otherwise",
              picture.path.string());
      kinds[kind].push_back(std::move(picture));
    }
  }
  return kinds;
}

/// Whether some folder is meant for tests, however it is spelt: then there should be pictures.
bool has_test_folder(const fs::path& folder) {
  return std::ranges::any_of(fs::directory_iterator(folder), [](const fs::directory_entry& entry) {
    std::string name = entry.path().filename().string();
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    return name == "test";
  });
}

void number_classes(PictureFolder& found, Kinds kinds) {
  require(!found.train.empty(), "{}: no pictures of normal things to train on; {}", found.folder,
          kLayout);
  if (kinds.empty() && !has_test_folder(found.folder)) {
    found.class_names = {"normal", "anomalous"};
    return;
  }
  require(kinds.contains("normal"), "{}: no normal pictures to test on; {}", found.folder, kLayout);
  require(kinds.size() > 1, "{}: no anomalous pictures to test on; {}", found.folder, kLayout);
  found.class_names = {"normal"};
  found.test = std::move(kinds.at("normal"));
  kinds.erase("normal");
  for (auto& [kind, pictures] : kinds) {
    for (Picture& picture : pictures) {
      picture.label = to<std::int32_t>(found.class_names.size());
      found.test.push_back(std::move(picture));
    }
    found.class_names.push_back(kind);
  }
}

void widen(std::array<std::size_t, 2>& range, std::size_t value) {
  range = range[1] == 0 ? std::array{value, value}
                        : std::array{std::min(range[0], value), std::max(range[1], value)};
}

/// Reads headers; a line for the checksum of each picture is added to `hashes`.
void look_at(PictureFolder& found, const std::vector<Picture>& pictures, std::string& hashes) {
  for (const Picture& picture : pictures) {
    try {
      const auto bytes = read_picture(picture);
      hashes += picture.name + " " +
                sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "\n";
      const image::Form form = image::read_form(bytes, picture.path.string());
      ++(form.channels == 1 ? found.grey : found.colour);
      widen(found.heights, form.height);
      widen(found.widths, form.width);
    } catch (const Error& error) {
      found.broken.emplace_back(error.what());
    }
  }
}

}  // namespace

std::vector<Picture> pictures_below(const fs::path& folder) {
  std::vector<Picture> pictures;
  for (const fs::path& file : files_below(folder)) {
    if (picture_by_name(file)) {
      pictures.push_back({folder / file, file.generic_string(), 0});
    }
  }
  return pictures;
}

std::vector<std::uint8_t> read_picture(const Picture& picture) {
  const std::string bytes = read_text_file(picture.path, kMostBytes);
  return {bytes.begin(), bytes.end()};
}

PictureFolder find_pictures(const fs::path& folder) {
  std::error_code error;
  require(fs::is_directory(folder, error), "{}: no such folder; {}", folder.string(), kLayout);
  PictureFolder found;
  found.folder = folder.string();
  number_classes(found, sort_files(found));
  std::string hashes;
  look_at(found, found.train, hashes);
  look_at(found, found.test, hashes);
  found.source = {"pictures", sha256(hashes)};
  return found;
}

}  // namespace cance::prep
