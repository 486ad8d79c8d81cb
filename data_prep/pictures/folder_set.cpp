#include "data_prep/pictures/folder_set.hpp"

#include <algorithm>

#include "base/cast.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "data_prep/pictures/picture_pixels.hpp"
#include "data_prep/tables/preparation.hpp"
#include "image/decode.hpp"

namespace cance::prep {
namespace {

constexpr std::size_t kMostNamed = 20;
constexpr const char* kPictureLicence = "not stated: pictures of the user";

/// Decodes and writes one picture after another.
class FolderWriter {
 public:
  FolderWriter(store::DatasetWriter& writer, const FolderOptions& options, bool grey,
               const image::SampleRange& range, std::size_t total)
      : writer_(writer),
        options_(options),
        grey_(grey),
        range_(range),
        progress_(static_cast<double>(total), "pictures") {}

  PartCounts write(const std::string& part, const std::vector<Picture>& pictures,
                   std::size_t classes) {
    PartCounts counts{part, std::vector<std::size_t>(classes)};
    for (const Picture& picture : pictures) {
      try {
        append(part, picture);
        ++counts.rows_by_class[static_cast<std::size_t>(picture.label)];
      } catch (const Error& error) {
        broken_.emplace_back(error.what());
      }
      progress_.update(++done_, "", static_cast<int>(broken_.size()));
    }
    return counts;
  }

  void tell_of_cut() const {
    if (cut_samples_ > 0) {
      log::warn(
          "{} samples of {} pictures lie beyond the range of {} to {} and were cut; a wider one is "
          "given by --range",
          cut_samples_, cut_pictures_, range_.low, range_.high);
    }
  }

  /// Messages of those that could not be read.
  [[nodiscard]] const std::vector<std::string>& broken() const { return broken_; }

 private:
  void append(const std::string& part, const Picture& picture) {
    const auto bytes = read_picture(picture);
    const std::string where = picture.path.string();
    if (options_.size == 0) {
      note_cut(image::decode(bytes, where, image::kMostPixels, range_).cut);
      writer_.append_encoded(part, bytes, picture.label, picture.name);
      return;
    }
    const Shape shape{grey_ ? std::size_t{1} : std::size_t{3}, options_.size, options_.size};
    const Pixels pixels = square_of(bytes, where, shape, range_);
    writer_.append_images(part, pixels.values, shape, {&picture.label, 1}, {&picture.name, 1});
    note_cut(pixels.cut);
  }

  void note_cut(std::size_t samples) {
    cut_samples_ += samples;
    cut_pictures_ += samples > 0 ? 1 : 0;
  }

  store::DatasetWriter& writer_;
  const FolderOptions& options_;
  bool grey_;
  image::SampleRange range_;
  log::Progress progress_;
  double done_ = 0;
  std::vector<std::string> broken_;
  std::size_t cut_samples_ = 0, cut_pictures_ = 0;
};

void judge_broken(const std::vector<std::string>& broken, std::size_t total, bool skip) {
  if (broken.empty()) {
    return;
  }
  std::vector<std::string> named(broken.begin(),
                                 broken.begin() + signed_size(std::min(broken.size(), kMostNamed)));
  if (broken.size() > kMostNamed) {
    named.push_back(fmt::format("and {} more", broken.size() - kMostNamed));
  }
  const std::string list = join(named, "; ");
  require(skip,
          "{} of {} pictures cannot be read: {}; mend or remove them, or leave them out with "
          "--skip-broken",
          broken.size(), total, list);
  log::warn("{} of {} pictures are left out: {}", broken.size(), total, list);
}

void require_rows(const PrepSummary& summary) {
  for (const PartCounts& part : summary.parts) {
    require(part.rows_by_class.front() > 0, "no normal picture of {} can be read", part.part);
  }
}

}  // namespace

PrepSummary write_pictures(const PictureFolder& found, const FolderOptions& options,
                           const std::filesystem::path& out) {
  const bool grey =
      options.colours == Colours::as_found ? found.colour == 0 : options.colours == Colours::grey;
  const std::size_t total = found.train.size() + found.test.size();
  PrepSummary summary{.name = options.name,
                      .class_names = found.class_names,
                      .row_shape = {},
                      .parts = {},
                      .sources = {{found.source, false}}};
  if (options.size > 0) {
    summary.row_shape = {grey ? std::size_t{1} : std::size_t{3}, options.size, options.size};
  }
  const auto range = options.range ? options.range : range_of(found);
  require(!options.range || found.deep > 0,
          "{}: --range is for pictures of 16 bits a sample, and all have 8", found.folder);
  if (options.size > 0 || range) {
    summary.preparation = preparation_text({.pictures = options.size > 0, .range = range});
  }
  store::DatasetWriter writer(out, dataset_info(summary, kPictureLicence));
  FolderWriter rows(writer, options, grey, range.value_or(image::SampleRange{}), total);
  const std::size_t classes = found.class_names.size();
  summary.parts = {rows.write(found.test.empty() ? "all" : "train", found.train, classes)};
  if (!found.test.empty()) {
    summary.parts.push_back(rows.write("test", found.test, classes));
  }
  judge_broken(rows.broken(), total, options.skip_broken);
  require_rows(summary);
  rows.tell_of_cut();
  writer.commit();
  return summary;
}

}  // namespace cance::prep
