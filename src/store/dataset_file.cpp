#include "store/dataset_file.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <variant>

#include "store/hdf5_lock.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 22U;

DatasetInfo read_info(const Group& root) {
  DatasetInfo info;
  info.name = root.text("name");
  info.licence = root.text("licence");
  info.class_names = root.texts("class_names");
  info.column_names = root.texts("column_names");
  const auto names = root.texts("source_names");
  const auto hashes = root.texts("source_sha256");
  require(names.size() == hashes.size(), "{}: {} source files, but {} checksums", root.where(),
          names.size(), hashes.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    info.sources.push_back({names[i], hashes[i]});
  }
  return info;
}

std::vector<std::int32_t> read_labels(const Group& root, const std::string& part,
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
Shape part_shape(const Group& root, const std::string& part, std::size_t labels) {
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

}  // namespace

// Rows are gathered and written in blocks of one size, so that neither time nor bytes depend on how
// they come.
struct DatasetWriter::Impl {
  struct Part {
    Shape row;
    std::variant<std::vector<std::uint8_t>, std::vector<float>> values;
    std::vector<std::int32_t> labels;
  };

  explicit Impl(const std::filesystem::path& path)
      : file(path), root(create_file(file.temporary())) {}

  template <class T>
  Part& part_of(const std::string& name, const Shape& row) {
    if (!parts.contains(name)) {
      require(name == "train" || name == "test" || name == "all",
              "a dataset part is train, test or all, not '{}'", name);
      const Group group = root->create_group(name);
      group.create_rows<T>("x", row);
      group.create_rows<std::int32_t>("y", {});
      parts[name] = {row, std::vector<T>(), {}};
    }
    Part& part = parts.at(name);
    require(part.row == row && std::holds_alternative<std::vector<T>>(part.values),
            "part {}: rows of shape ({}) behind rows of shape ({})", name, fmt::join(row, ", "),
            fmt::join(part.row, ", "));
    return part;
  }

  template <class T>
  void append(const std::string& name, std::span<const T> x, const Shape& row,
              std::span<const std::int32_t> y) {
    require(root.has_value(), "the dataset file is already complete");
    const std::size_t size = element_count(row);
    require(x.size() == y.size() * size, "part {}: {} values for {} rows of {}", name, x.size(),
            y.size(), size);
    Part& part = part_of<T>(name, row);
    const std::size_t block = std::max<std::size_t>(1, kBlockBytes / (size * sizeof(T)));
    for (std::size_t first = 0; first < y.size();) {
      const std::size_t count = std::min(y.size() - first, block - part.labels.size());
      const auto values = x.subspan(first * size, count * size);
      auto& gathered = std::get<std::vector<T>>(part.values);
      gathered.insert(gathered.end(), values.begin(), values.end());
      const auto labels = y.subspan(first, count);
      part.labels.insert(part.labels.end(), labels.begin(), labels.end());
      first += count;
      if (part.labels.size() == block) {
        write(name, part);
      }
    }
  }

  void write(const std::string& name, Part& part) const {
    std::visit(
        [&]<class T>(std::vector<T>& values) {
          root->append_rows<T>(name + "/x", values);
          values.clear();
        },
        part.values);
    root->append_rows<std::int32_t>(name + "/y", part.labels);
    part.labels.clear();
  }

  AtomicFile file;
  std::optional<Group> root;
  std::map<std::string, Part> parts;
};

DatasetWriter::DatasetWriter(const std::filesystem::path& path, const DatasetInfo& info)
    : impl_(std::make_unique<Impl>(path)) {
  const Group& root = *impl_->root;
  root.set("schema", kDatasetSchema);
  root.set("schema_version", kSchemaVersion);
  root.set("complete", false);
  root.set("name", info.name);
  root.set("licence", info.licence);
  root.set("class_names", info.class_names);
  root.set("column_names", info.column_names);
  std::vector<std::string> names;
  std::vector<std::string> hashes;
  for (const SourceFile& source : info.sources) {
    names.push_back(source.name);
    hashes.push_back(source.sha256);
  }
  root.set("source_names", names);
  root.set("source_sha256", hashes);
}

DatasetWriter::~DatasetWriter() = default;

void DatasetWriter::append_images(const std::string& part, std::span<const std::uint8_t> x,
                                  const Shape& image, std::span<const std::int32_t> y) {
  require(image.size() == 3, "an image has the shape (channels, height, width), not ({})",
          fmt::join(image, ", "));
  impl_->append(part, x, image, y);
}

void DatasetWriter::append_rows(const std::string& part, std::span<const float> x,
                                std::size_t columns, std::span<const std::int32_t> y) {
  impl_->append(part, x, {columns}, y);
}

void DatasetWriter::commit() {
  require(impl_->root.has_value(), "the dataset file is already complete");
  for (auto& [name, part] : impl_->parts) {
    impl_->write(name, part);
  }
  impl_->root->set("complete", true);
  finish_file(impl_->root, impl_->file, "dataset");
}

DatasetFile::DatasetFile(const std::filesystem::path& path) : path_(path), root_(open_file(path)) {
  check_schema(root_, kDatasetSchema);
  info_ = read_info(root_);
  for (const char* part : {"train", "test", "all"}) {
    if (!root_.has(part)) {
      continue;
    }
    labels_.push_back(read_labels(root_, part, info_.class_names.size()));
    const Shape row = part_shape(root_, part, labels_.back().size());
    require(parts_.empty() || row == row_shape_, "{}: rows of shape ({}), but {} has ({})",
            root_.where(part), fmt::join(row, ", "), parts_.empty() ? "" : parts_.front(),
            fmt::join(row_shape_, ", "));
    row_shape_ = row;
    parts_.emplace_back(part);
  }
  const bool whole = parts_ == std::vector<std::string>{"all"};
  require(whole || parts_ == std::vector<std::string>{"train", "test"},
          "{}: the parts are ({}), expected train and test, or all", root_.where(),
          fmt::join(parts_, ", "));
  require(info_.column_names.empty() || (!images() && info_.column_names.size() == row_shape_[0]),
          "{}: {} column names for rows of shape ({})", root_.where(), info_.column_names.size(),
          fmt::join(row_shape_, ", "));
}

const std::vector<std::int32_t>& DatasetFile::labels(const std::string& part) const {
  const auto place = std::ranges::find(parts_, part);
  require(place != parts_.end(), "{}: there is no part '{}', only {}", path_.string(), part,
          fmt::join(parts_, ", "));
  return labels_[static_cast<std::size_t>(place - parts_.begin())];
}

std::vector<float> DatasetFile::read(const std::string& part,
                                     std::span<const std::int64_t> indices) const {
  const Hdf5Lock lock;
  const std::size_t rows = labels(part).size();
  const std::size_t size = element_count(row_shape_);
  for (const std::int64_t index : indices) {
    require(index >= 0 && static_cast<std::size_t>(index) < rows, "{}: row {} of {}",
            root_.where(part), index, rows);
  }
  std::vector<std::size_t> order(indices.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return indices[i]; });
  const std::size_t step = std::max<std::size_t>(1, kBlockBytes / (size * sizeof(float)));
  std::vector<float> result(indices.size() * size);
  std::vector<float> block;
  for (std::size_t next = 0; next < order.size();) {
    const auto row_of = [&](std::size_t i) { return static_cast<std::size_t>(indices[order[i]]); };
    const std::size_t first = row_of(next);
    std::size_t last = next;  // one behind the last wanted row of this block
    while (last < order.size() && row_of(last) < first + step) {
      ++last;
    }
    block.resize((row_of(last - 1) - first + 1) * size);
    root_.read_rows<float>(part + "/x", first, block.size() / size, block);
    for (; next < last; ++next) {
      const auto row = std::span(block).subspan((row_of(next) - first) * size, size);
      require(std::ranges::all_of(row, [](float value) { return std::isfinite(value); }),
              "{}: row {} holds a value that is not finite", root_.where(part + "/x"),
              row_of(next));
      std::ranges::copy(row, result.begin() + signed_size(order[next] * size));
    }
  }
  return result;
}

}  // namespace cance::store
