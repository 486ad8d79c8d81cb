// The image sets that come as four IDX files.
#include "base/error.hpp"
#include "base/text.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/published/sets.hpp"
#include "data_prep/readers/idx.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

const Shape kMnistImage{1, 28, 28};

/// Images and labels of one part, as found on the disk.
struct PartFiles {
  fs::path images, labels;
};

struct RawFiles {
  PartFiles train, test;
};

RawFiles find_all(const PublicSet& set, const fs::path& folder) {
  std::error_code error;
  require(fs::is_directory(folder, error), "{}: no such folder; it should hold the {} files of {}",
          folder.string(), set.name, set.address);
  std::vector<fs::path> found;
  std::vector<std::string> missing;
  for (const PublicFile& file : set.files) {
    found.push_back(find_published(folder, file));
    if (found.back().empty()) {
      missing.push_back(file.name);
    }
  }
  require(missing.empty(), "{}: not found: {} (each with or without .gz); fetch from {}",
          folder.string(), join(missing, ", "), set.address);
  return {{found[0], found[1]}, {found[2], found[3]}};
}

IdxArray read_images(const fs::path& path) {
  IdxArray images = read_idx(path, 3);
  require(images.shape[1] == kMnistImage[1] && images.shape[2] == kMnistImage[2],
          "{}: images of {} x {} pixels, expected {} x {}", path.string(), images.shape[1],
          images.shape[2], kMnistImage[1], kMnistImage[2]);
  return images;
}

std::vector<std::int32_t> read_labels(const PublicSet& set, const fs::path& path) {
  const IdxArray raw = read_idx(path, 1);
  for (std::size_t i = 0; i < raw.values.size(); ++i) {
    require(raw.values[i] < set.class_names.size(), "{}: label {} in row {}, expected 0..{}",
            path.string(), raw.values[i], i, set.class_names.size() - 1);
  }
  return {raw.values.begin(), raw.values.end()};
}

PartCounts write_part(store::DatasetWriter& writer, const PublicSet& set, const std::string& part,
                      const PartFiles& files) {
  const IdxArray images = read_images(files.images);
  const std::vector<std::int32_t> labels = read_labels(set, files.labels);
  const std::size_t n = images.shape[0];
  require(labels.size() == n, "{} labels than images: {} has {} labels, {} has {} images",
          labels.size() < n ? "fewer" : "more", files.labels.string(), labels.size(),
          files.images.string(), n);
  writer.append_images(part, images.values, kMnistImage, labels);
  PartCounts counts{part, std::vector<std::size_t>(set.class_names.size())};
  add_labels(counts, labels);
  return counts;
}

}  // namespace

PrepSummary prep_idx_set(const std::string& set_name, const fs::path& raw_folder,
                         const fs::path& out) {
  const PublicSet& set = public_set(set_name);
  const RawFiles files = find_all(set, raw_folder);
  PrepSummary summary{
      .name = set.name,
      .class_names = set.class_names,
      .row_shape = kMnistImage,
      .parts = {},
      .sources = {check_source(set, files.train.images), check_source(set, files.train.labels),
                  check_source(set, files.test.images), check_source(set, files.test.labels)}};
  store::DatasetWriter writer(out, dataset_info(summary, set.licence));
  summary.parts.push_back(write_part(writer, set, "train", files.train));
  summary.parts.push_back(write_part(writer, set, "test", files.test));
  writer.commit();
  return summary;
}

}  // namespace cance::prep
