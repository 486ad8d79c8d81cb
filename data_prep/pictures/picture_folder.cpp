#include "data_prep/pictures/picture_folder.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <span>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "base/found_files.hpp"
#include "base/log.hpp"
#include "base/plural.hpp"
#include "base/ranges.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "image/decode.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostShown = 10;
constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30U;
const std::string kAnomalous = "anomalous";
constexpr const char* kLayout =
    "expected train/normal, test/normal and test/anomalous/KIND (or train/good, test/good and "
    "test/KIND), or without train and test normal and anomalous/KIND (or good and KIND), or for "
    "protocol fit normal ones alone, with .jpg, .jpeg, .png or .bmp files; other folders are said "
    "to be normal by --normal";

/// The folders whose pictures are normal, with small letters.
using NormalNames = std::set<std::string>;

NormalNames normal_names(const std::vector<std::string>& given) {
  NormalNames names;
  for (const std::string& name : given) {
    names.insert(lower(name));
  }
  return given.empty() ? NormalNames{"normal", "good", "ok"} : names;
}

/// Where pictures belong, by the folders above them in their part: a class name, or empty for none.
std::string kind_of(const fs::path& folder, const NormalNames& normal) {
  const auto folders = mapped(folder, [](const fs::path& name) { return name.string(); });
  if (folders.empty()) {
    return "";
  }
  if (normal.contains(lower(folders.front()))) {
    return "normal";
  }
  if (lower(folders.front()) != kAnomalous) {
    return folders.front();
  }
  return folders.size() == 1 ? kAnomalous : folders[1];
}

}  // namespace

bool picture_by_name(const fs::path& path) {
  const std::string ending = lower(path.extension().string());
  return ending == ".jpg" || ending == ".jpeg" || ending == ".png" || ending == ".bmp";
}

namespace {

bool hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

/// Everything below `folder`, by path: pictures, what cannot be read and may be or hold some, and
/// other files, whose names go to `ignored`.
std::vector<Picture> sort_out(const fs::path& folder, std::vector<std::string>& ignored) {
  std::vector<Picture> pictures;
  const auto enter = [&](const fs::path& below) {
    if (hidden(below)) {
      ignored.push_back(below.lexically_relative(folder).generic_string() + "/");
    }
    return !hidden(below);
  };
  for (FoundFile& file : find_files(folder, enter)) {
    std::string name = file.path.lexically_relative(folder).generic_string();
    require(name != ".", "{}: {}", folder.string(), file.fault);
    const bool may_hold_some = file.kind == FoundFile::Kind::folder ||
                               (file.kind == FoundFile::Kind::link && !file.path.has_extension());
    if (!hidden(file.path) && (picture_by_name(file.path) || may_hold_some)) {
      pictures.push_back({std::move(file.path), std::move(name), 0, std::move(file.fault)});
    } else {
      ignored.push_back(std::move(name));
    }
  }
  return pictures;
}

/// "; seen: 20 .tif in train/good, 3 .txt in it", the most first.
std::string seen(const PictureFolder& found) {
  constexpr std::size_t kMost = 5;
  std::map<std::string, std::size_t> counts;
  const auto count = [&](const fs::path& name) {
    const std::string ending = name.has_extension() ? name.extension().string() : "without ending";
    ++counts[ending + " in " + (name.has_parent_path() ? name.parent_path().string() : "it")];
  };
  std::ranges::for_each(found.ignored, count);
  std::vector<std::pair<std::size_t, std::string>> lines;
  for (const auto& [text, n] : counts) {
    lines.emplace_back(n, text);
  }
  std::ranges::stable_sort(lines, std::greater{}, [](const auto& line) { return line.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(lines.size(), kMost); ++i) {
    text += fmt::format("{} {} {}", i == 0 ? "; seen:" : ",", lines[i].first, lines[i].second);
  }
  return text + (lines.size() > kMost ? ", ..." : "");
}

using Kinds = std::map<std::string, std::vector<Picture>>;

/// Whether some folder is meant for a part, however it is spelt.
bool has_part(const fs::path& folder, std::string_view part) {
  return std::ranges::any_of(fs::directory_iterator(folder), [&](const fs::directory_entry& entry) {
    return lower(entry.path().filename().string()) == part;
  });
}

bool is_split(const PictureFolder& found) {
  return has_part(found.folder, "train") || has_part(found.folder, "test");
}

/// The pictures to judge by kind, all of a folder that is not split; those for training alone, all
/// where there are no folders, go to `found.train`, the rest to `found.ignored`.
Kinds sort_files(PictureFolder& found, const NormalNames& normal, bool split) {
  Kinds kinds;
  auto pictures = sort_out(found.folder, found.ignored);
  const auto lies_flat = [](const Picture& picture) {
    return !contains(picture.name, '/') && picture_by_name(picture.name);
  };
  if (std::ranges::all_of(pictures, lies_flat)) {
    found.train = std::move(pictures);
    pictures.clear();
  }
  for (Picture& picture : pictures) {
    const fs::path file = picture.name;
    const std::string part = split ? lower(file.begin()->string()) : "";
    const bool known = !split || part == "train" || part == "test";
    const fs::path in_part = split ? file.lexically_relative(*file.begin()) : file;
    const std::string kind =
        known ? kind_of(picture_by_name(file) ? in_part.parent_path() : in_part, normal) : "";
    if (kind.empty() || (part == "train" && kind != "normal")) {
      found.ignored.push_back(picture.name);
    } else if (part == "train") {
      found.train.push_back(std::move(picture));
    } else {
      require(kind != "normal" || normal.contains(lower(in_part.begin()->string())),
              "{}: a kind of anomaly that is called normal; name it otherwise",
              picture.path.string());
      kinds[kind].push_back(std::move(picture));
    }
  }
  std::ranges::sort(found.ignored);
  return kinds;
}

/// Error: a folder that the user says is normal holds no picture of any part.
void require_normal(const PictureFolder& found, const Kinds& kinds,
                    const std::vector<std::string>& given, bool split) {
  std::set<std::string> folders;
  const auto add = [&](const Picture& picture) {
    const fs::path file = picture.name;
    const auto folder = split ? std::next(file.begin()) : file.begin();
    if (std::next(folder) != file.end()) {
      folders.insert(folder->string());
    }
  };
  std::ranges::for_each(found.train, add);
  for (const auto& [kind, pictures] : kinds) {
    std::ranges::for_each(pictures, add);
  }
  const std::vector<std::string> names(folders.begin(), folders.end());
  for (const std::string& name : given) {
    require(std::ranges::any_of(
                names, [&](const std::string& folder) { return lower(folder) == lower(name); }),
            "{}: no pictures in a folder '{}' (--normal){}; those there are: {}", found.folder,
            name, did_you_mean(name, names), join_first(names, kMostShown));
  }
}

void number_classes(PictureFolder& found, Kinds kinds, bool split) {
  const auto folders = mapped(kinds, [](const auto& kind) { return kind.first; });
  const std::string others =
      split || folders.empty() ? ""
                               : fmt::format("; its folders: {}", join_first(folders, kMostShown));
  require(!found.train.empty() || (!split && kinds.contains("normal")),
          "{}: no pictures of normal things to train on; {}{}{}", found.folder, kLayout, others,
          seen(found));
  if (kinds.empty() && !has_part(found.folder, "test")) {
    found.class_names = {"normal", "anomalous"};
    return;
  }
  require(kinds.contains("normal"), "{}: no normal pictures to test on; {}{}", found.folder,
          kLayout, seen(found));
  require(!split || kinds.size() > 1, "{}: no anomalous pictures to test on; {}{}", found.folder,
          kLayout, seen(found));
  std::vector<Picture>& pictures = split ? found.test : found.train;
  found.class_names = {"normal"};
  pictures = std::move(kinds.at("normal"));
  kinds.erase("normal");
  for (auto& [kind, of_kind] : kinds) {
    for (Picture& picture : of_kind) {
      picture.label = to<std::int32_t>(found.class_names.size());
      pictures.push_back(std::move(picture));
    }
    found.class_names.push_back(kind);
  }
  if (found.class_names.size() == 1) {
    found.class_names.push_back(kAnomalous);
  }
}

void widen(std::array<std::size_t, 2>& range, std::size_t value) {
  range = range[1] == 0 ? std::array{value, value}
                        : std::array{std::min(range[0], value), std::max(range[1], value)};
}

/// Reads headers; a line for the checksum of each picture is added to `hashes`.
void look_at(PictureFolder& found, const std::vector<Picture>& pictures, bool training,
             std::string& hashes) {
  for (const Picture& picture : pictures) {
    try {
      const auto bytes = read_picture(picture);
      hashes += picture.name + " " +
                sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) + "\n";
      const image::Form form = image::read_form(bytes, picture.path.string());
      ++(form.channels == 1 ? found.grey : found.colour);
      found.deep += form.bits == 16 ? 1 : 0;
      if (training && picture.label == 0 && form.bits == 16) {
        const auto samples = image::sample_range(bytes, picture.path.string());
        found.samples = {std::min(found.samples.low, samples.low),
                         std::max(found.samples.high, samples.high)};
      }
      widen(found.heights, form.height);
      widen(found.widths, form.width);
    } catch (const Error& error) {
      found.broken.emplace_back(error.what());
    }
  }
}

}  // namespace

std::vector<Picture> pictures_below(const fs::path& folder) {
  PictureFolder found;
  auto pictures = sort_out(folder, found.ignored);
  require(!pictures.empty(), "{}: no .jpg, .jpeg, .png or .bmp file in it{}", folder.string(),
          seen(found));
  if (!found.ignored.empty()) {
    log::warn("{}: passes over {}, no pictures by their names: {}", folder.string(),
              plural(found.ignored.size(), "file"), join_first(found.ignored, kMostShown));
  }
  return pictures;
}

std::optional<image::SampleRange> range_of(const PictureFolder& found) {
  const auto [low, high] = found.samples;
  if (found.deep == 0) {
    return std::nullopt;
  }
  if (found.deep < found.grey + found.colour || low >= high) {
    return image::SampleRange{};
  }
  const int half = (high - low + 1) / 2;
  return image::SampleRange{to<std::uint16_t>(std::max(0, low - half)),
                            to<std::uint16_t>(std::min(65535, high + half))};
}

std::vector<std::uint8_t> read_picture(const Picture& picture) {
  require(picture.fault.empty(), "{}: {}", picture.path.string(), picture.fault);
  const std::string bytes = read_text_file(picture.path, kMostBytes);
  return {bytes.begin(), bytes.end()};
}

PictureFolder find_pictures(const fs::path& folder, const std::vector<std::string>& normal) {
  std::error_code error;
  require(fs::is_directory(folder, error), "{}: no such folder; {}", folder.string(), kLayout);
  PictureFolder found;
  found.folder = folder.string();
  const bool split = is_split(found);
  Kinds kinds = sort_files(found, normal_names(normal), split);
  require_normal(found, kinds, normal, split);
  number_classes(found, std::move(kinds), split);
  std::string hashes;
  look_at(found, found.train, true, hashes);
  look_at(found, found.test, false, hashes);
  found.source = {"pictures", sha256(hashes)};
  return found;
}

}  // namespace cance::prep
