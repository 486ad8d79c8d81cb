// Writing dataset files.
#include <algorithm>
#include <map>
#include <optional>
#include <variant>

#include "base/cast.hpp"
#include "store/dataset_file.hpp"
#include "store/schema.hpp"

namespace cance::store {
namespace {

constexpr std::size_t kWriteBytes = std::size_t{1} << 22U;
const std::string kEncoded = "encoded";

}  // namespace

// Rows are gathered and written in blocks of one size, whatever blocks they come in.
struct DatasetWriter::Impl {
  struct Part {
    std::string array;  ///< x or encoded
    Shape row;          ///< of x
    std::variant<std::vector<std::uint8_t>, std::vector<float>> values;
    std::vector<std::int32_t> labels;
    std::vector<std::string> names;           ///< of all rows, written at the end
    std::vector<std::int64_t> offsets = {0};  ///< of encoded files, likewise
    std::size_t rows = 0;
  };

  explicit Impl(const std::filesystem::path& path)
      : file(path), root(hdf5::create_file(file.temporary(), file.target().string())) {}

  template <class T>
  Part& part_of(const std::string& name, const std::string& array, const Shape& row) {
    require(root.has_value(), "the dataset file is already complete");
    if (!parts.contains(name)) {
      require(name == "train" || name == "test" || name == "all",
              "a dataset part is train, test or all, not '{}'", name);
      const hdf5::Group group = root->create_group(name);
      group.create_rows<T>(array, row);
      group.create_rows<std::int32_t>("y", {});
      Part& made = parts[name];
      made.array = array;
      made.row = row;
      made.values = std::vector<T>();
    }
    Part& part = parts.at(name);
    require(part.array == array, "part {}: both {} and {}", name, part.array, array);
    require(part.row == row && std::holds_alternative<std::vector<T>>(part.values),
            "part {}: rows of shape ({}) behind rows of shape ({})", name, fmt::join(row, ", "),
            fmt::join(part.row, ", "));
    return part;
  }

  template <class T>
  void append(const std::string& name, std::span<const T> x, const Shape& row,
              std::span<const std::int32_t> y, std::span<const std::string> names) {
    const std::size_t size = element_count(row);
    require(x.size() == y.size() * size, "part {}: {} values for {} rows of {}", name, x.size(),
            y.size(), size);
    Part& part = part_of<T>(name, "x", row);
    name_rows(name, part, y.size(), names);
    const std::size_t block = std::max<std::size_t>(1, kWriteBytes / (size * sizeof(T)));
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

  static void name_rows(const std::string& name, Part& part, std::size_t count,
                        std::span<const std::string> names) {
    part.names.insert(part.names.end(), names.begin(), names.end());
    part.rows += count;
    require(part.names.empty() || part.names.size() == part.rows, "part {}: {} names for {} rows",
            name, part.names.size(), part.rows);
  }

  void append_encoded(const std::string& name, std::span<const std::uint8_t> bytes, std::int32_t y,
                      const std::string& row_name) {
    Part& part = part_of<std::uint8_t>(name, kEncoded, {});
    name_rows(name, part, 1, {&row_name, 1});
    auto& gathered = std::get<std::vector<std::uint8_t>>(part.values);
    gathered.insert(gathered.end(), bytes.begin(), bytes.end());
    part.labels.push_back(y);
    part.offsets.push_back(part.offsets.back() + signed_size(bytes.size()));
    if (gathered.size() >= kWriteBytes) {
      write(name, part);
    }
  }

  void write(const std::string& name, Part& part) const {
    std::visit(
        [&]<class T>(std::vector<T>& values) {
          root->append_rows<T>(name + "/" + part.array, values);
          values.clear();
        },
        part.values);
    root->append_rows<std::int32_t>(name + "/y", part.labels);
    part.labels.clear();
  }

  AtomicFile file;
  std::optional<hdf5::Group> root;
  std::map<std::string, Part> parts;
};

DatasetWriter::DatasetWriter(const std::filesystem::path& path, const DatasetInfo& info)
    : impl_(std::make_unique<Impl>(path)) {
  const hdf5::Group& root = *impl_->root;
  root.set("schema", kDatasetSchema);
  root.set("schema_version", kSchemaVersion);
  root.set("complete", false);
  root.set("name", info.name);
  root.set("licence", info.licence);
  root.set("class_names", info.class_names);
  root.set("column_names", info.column_names);
  if (!info.one_hot_columns.empty()) {
    root.set("one_hot_columns", info.one_hot_columns);
  }
  std::vector<std::string> names;
  std::vector<std::string> hashes;
  for (const SourceFile& source : info.sources) {
    names.push_back(source.name);
    hashes.push_back(source.sha256);
  }
  root.set("source_names", names);
  root.set("source_sha256", hashes);
  if (!info.manifest.empty()) {
    root.set("manifest", info.manifest);
  }
  if (!info.preparation.empty()) {
    root.set("preparation", info.preparation);
  }
}

DatasetWriter::~DatasetWriter() = default;

void DatasetWriter::append_images(const std::string& part, std::span<const std::uint8_t> x,
                                  const Shape& image, std::span<const std::int32_t> y,
                                  std::span<const std::string> names) {
  require(image.size() == 3, "an image has the shape (channels, height, width), not ({})",
          fmt::join(image, ", "));
  impl_->append(part, x, image, y, names);
}

void DatasetWriter::append_rows(const std::string& part, std::span<const float> x,
                                std::size_t columns, std::span<const std::int32_t> y,
                                std::span<const std::string> names) {
  impl_->append(part, x, {columns}, y, names);
}

void DatasetWriter::append_encoded(const std::string& part, std::span<const std::uint8_t> file,
                                   std::int32_t y, const std::string& name) {
  impl_->append_encoded(part, file, y, name);
}

void DatasetWriter::commit() {
  require(impl_->root.has_value(), "the dataset file is already complete");
  for (auto& [name, part] : impl_->parts) {
    impl_->write(name, part);
    if (part.array == kEncoded) {
      impl_->root->write(name + "/encoded_offset", part.offsets);
    }
    if (!part.names.empty()) {
      impl_->root->write_strings(name + "/name", part.names);
    }
  }
  impl_->root->set("complete", true);
  finish_file(impl_->root, impl_->file, "dataset");
}

}  // namespace cance::store
