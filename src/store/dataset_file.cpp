#include "store/dataset_file.hpp"

#include <algorithm>

#include "base/ranges.hpp"
#include "base/text.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

DatasetInfo read_info(const hdf5::Group& root) {
  DatasetInfo info;
  info.name = root.text("name");
  info.licence = root.text("licence");
  info.class_names = root.texts("class_names");
  info.column_names = root.texts("column_names");
  if (root.has_attribute("one_hot_columns")) {
    info.one_hot_columns = root.texts("one_hot_columns");
  }
  info.manifest = root.has_attribute("manifest") ? root.text("manifest") : "";
  constexpr std::size_t kDeepest = 64;
  require(!nested_deeper(info.manifest, kDeepest),
          "{}: damaged: the attribute 'manifest' has brackets more than {} deep", root.where(),
          kDeepest);
  info.preparation = root.has_attribute("preparation") ? root.text("preparation") : "";
  const auto names = root.texts("source_names");
  const auto hashes = root.texts("source_sha256");
  require(names.size() == hashes.size(), "{}: {} source files, but {} checksums", root.where(),
          names.size(), hashes.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    info.sources.push_back({names[i], hashes[i]});
  }
  return info;
}

std::vector<std::int32_t> read_labels(const hdf5::Group& root, const std::string& part,
                                      std::size_t classes) {
  auto labels = root.read_shaped<std::int32_t>(part + "/y", {0});
  for (std::size_t i = 0; i < labels.size(); ++i) {
    require(labels[i] >= 0 && static_cast<std::size_t>(labels[i]) < classes,
            "{}: label {} in row {}, but there are {} classes", root.where(part + "/y"), labels[i],
            i, classes);
  }
  return labels;
}

// Row shape of a part, checked against its labels.
Shape part_shape(const hdf5::Group& root, const std::string& part, std::size_t labels) {
  const Shape shape = root.shape(part + "/x");
  require(shape.size() == 2 || shape.size() == 4,
          "{}: the shape is ({}), expected (rows, columns) or (rows, channels, height, width)",
          root.where(part + "/x"), fmt::join(shape, ", "));
  require(shape.front() == labels, "{}: {} rows, but {} labels", root.where(part), shape.front(),
          labels);
  Shape row(shape.begin() + 1, shape.end());
  require(element_count(row) > 0, "{}: rows of no elements", root.where(part + "/x"));
  return row;
}

// Where each of the encoded files begins, and the end of the last.
std::vector<std::int64_t> read_offsets(const hdf5::Group& root, const std::string& part,
                                       std::size_t count) {
  const std::string name = part + "/encoded_offset";
  auto offsets = root.read_shaped<std::int64_t>(name, {count + 1});
  const Shape bytes = root.shape(part + "/encoded");
  require(bytes.size() == 1 && offsets.front() == 0 && std::ranges::is_sorted(offsets) &&
              static_cast<std::size_t>(offsets.back()) == bytes.front(),
          "{}: the offsets do not go from 0 to the number of bytes in encoded", root.where(name));
  return offsets;
}

}  // namespace

DatasetFile::DatasetFile(const std::filesystem::path& path)
    : path_(path), root_(hdf5::open_file(path)) {
  check_schema(root_, kDatasetSchema);
  info_ = read_info(root_);
  for (const char* name : {"train", "test", "all"}) {
    if (root_.has(name)) {
      content_.push_back(open_part(name));
      parts_.emplace_back(name);
    }
  }
  check_whole();
}

DatasetFile::Part DatasetFile::open_part(const std::string& name) {
  Part part;
  part.labels = read_labels(root_, name, info_.class_names.size());
  const std::size_t count = part.labels.size();
  const bool encoded = root_.has(name + "/encoded");
  require(parts_.empty() || encoded == encoded_, "{}: encoded pictures in one part only",
          root_.where());
  encoded_ = encoded;
  if (encoded) {
    part.offsets = read_offsets(root_, name, count);
  } else {
    const Shape row = part_shape(root_, name, count);
    require(parts_.empty() || row == row_shape_, "{}: rows of shape ({}), but {} has ({})",
            root_.where(name), fmt::join(row, ", "), parts_.empty() ? "" : parts_.front(),
            fmt::join(row_shape_, ", "));
    row_shape_ = row;
  }
  if (root_.has(name + "/name")) {
    part.names = root_.read_strings(name + "/name");
    require(part.names.size() == count, "{}: {} names for {} rows", root_.where(name),
            part.names.size(), count);
  }
  return part;
}

void DatasetFile::check_whole() const {
  const bool whole = parts_ == std::vector<std::string>{"all"};
  require(whole || parts_ == std::vector<std::string>{"train", "test"},
          "{}: the parts are ({}), expected train and test, or all", root_.where(),
          fmt::join(parts_, ", "));
  require(info_.column_names.empty() ||
              (row_shape_.size() == 1 && info_.column_names.size() == row_shape_[0]),
          "{}: {} column names for rows of shape ({})", root_.where(), info_.column_names.size(),
          fmt::join(row_shape_, ", "));
  for (const std::string& name : info_.one_hot_columns) {
    require(contains(info_.column_names, name),
            "{}: one_hot_columns names '{}', which is no column", root_.where(), name);
  }
}

std::vector<std::int64_t> DatasetFile::one_hot_columns() const {
  std::vector<std::int64_t> places;
  for (std::size_t i = 0; i < info_.column_names.size(); ++i) {
    if (contains(info_.one_hot_columns, info_.column_names[i])) {
      places.push_back(static_cast<std::int64_t>(i));
    }
  }
  return places;
}

const DatasetFile::Part& DatasetFile::part(const std::string& name) const {
  const auto place = std::ranges::find(parts_, name);
  require(place != parts_.end(), "{}: there is no part '{}', only {}", path_.string(), name,
          fmt::join(parts_, ", "));
  return content_[static_cast<std::size_t>(place - parts_.begin())];
}

const std::vector<std::int32_t>& DatasetFile::labels(const std::string& part) const {
  return this->part(part).labels;
}

const std::vector<std::string>& DatasetFile::names(const std::string& part) const {
  return this->part(part).names;
}

}  // namespace cance::store
