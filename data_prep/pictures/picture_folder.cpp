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

constexpr std::uintmax_t kMostBytes = std::uintmax_t{1} << 30U;
const std::set<std::string> kNormal = {"normal", "good", "ok"};
const std::string kAnomalous = "anomalous";
constexpr const char* kLayout =
    "expected train/normal, test/normal and test/anomalous/KIND (or train/good, test/good and "
    "test/KIND), or for protocol fit train/normal alone or no folders in it, with .jpg, .jpeg, "
    ".png "
    "or .bmp files";

/// Where pictures of one part belong, by the folders above them: a class name, or empty for none.
std::string kind_of(const std::string& part, const fs::path& folder) {
  const auto folders = mapped(folder, [](const fs::path& name) { return name.string(); });
  if (folders.empty()) {
    return "";
  }
  if (kNormal.contains(lower(folders.front()))) {
    return "normal";
  }
  if (part == "train") {
    return "";
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

/// The test pictures by kind; those for training, all where there are no folders, go to
/// `found.train`, the rest to `found.ignored`.
Kinds sort_files(PictureFolder& found) {
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
    const std::string part = lower(file.begin()->string());
    const bool known = part == "train" || part == "test";
    const fs::path below = file.lexically_relative(*file.begin());
    const std::string kind =
        known ? kind_of(part, picture_by_name(file) ? below.parent_path() : below) : "";
    if (kind.empty()) {
      found.ignored.push_back(picture.name);
    } else if (part == "train") {
      found.train.push_back(std::move(picture));
    } else {
      require(kind != "normal" || kNormal.contains(lower(std::next(file.begin())->string())),
              "{}: a kind of anomaly that is called normal; name it otherwise",
              picture.path.string());
      kinds[kind].push_back(std::move(picture));
    }
  }
  std::ranges::sort(found.ignored);
  return kinds;
}

/// Whether some folder is meant for tests, however it is spelt: then there should be pictures.
bool has_test_folder(const fs::path& folder) {
  return std::ranges::any_of(fs::directory_iterator(folder), [](const fs::directory_entry& entry) {
    return lower(entry.path().filename().string()) == "test";
  });
}

void number_classes(PictureFolder& found, Kinds kinds) {
  require(!found.train.empty(), "{}: no pictures of normal things to train on; {}{}", found.folder,
          kLayout, seen(found));
  if (kinds.empty() && !has_test_folder(found.folder)) {
    found.class_names = {"normal", "anomalous"};
    return;
  }
  require(kinds.contains("normal"), "{}: no normal pictures to test on; {}{}", found.folder,
          kLayout, seen(found));
  require(kinds.size() > 1, "{}: no anomalous pictures to test on; {}{}", found.folder, kLayout,
          seen(found));
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
      if (training && form.bits == 16) {
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
  constexpr std::size_t kMostNamed = 5;
  PictureFolder found;
  auto pictures = sort_out(folder, found.ignored);
  require(!pictures.empty(), "{}: no .jpg, .jpeg, .png or .bmp file in it{}", folder.string(),
          seen(found));
  if (!found.ignored.empty()) {
    log::warn("{}: passes over {}, no pictures by their names: {}", folder.string(),
              plural(found.ignored.size(), "file"), join_first(found.ignored, kMostNamed));
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

PictureFolder find_pictures(const fs::path& folder) {
  std::error_code error;
  require(fs::is_directory(folder, error), "{}: no such folder; {}", folder.string(), kLayout);
  PictureFolder found;
  found.folder = folder.string();
  number_classes(found, sort_files(found));
  std::string hashes;
  look_at(found, found.train, true, hashes);
  look_at(found, found.test, false, hashes);
  found.source = {"pictures", sha256(hashes)};
  return found;
}

}  // namespace cance::prep
