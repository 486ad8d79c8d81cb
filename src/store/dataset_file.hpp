// The dataset file, schema 1.x (src/files.md, section 2): raw data of any source in one form.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "hdf5/group.hpp"

namespace cance::store {

struct SourceFile {
  std::string name;    ///< file name without folder
  std::string sha256;  ///< hex
};

/// Root attributes of a dataset file.
struct DatasetInfo {
  std::string name;  ///< for example "mnist"
  std::string licence;
  std::vector<std::string> class_names;   ///< by class number
  std::vector<std::string> column_names;  ///< tables; empty for images
  std::vector<SourceFile> sources;
  std::vector<std::string> one_hot_columns = {};  ///< those that stand for a category
  std::string manifest = {};     ///< JSON of what made a file of features; empty for raw data
  std::string preparation = {};  ///< JSON of how raw rows became these; may be empty
};

/// Writes a dataset file: parts appended in blocks, whole or absent on the disk.
class DatasetWriter {
 public:
  DatasetWriter(const std::filesystem::path& path, const DatasetInfo& info);
  ~DatasetWriter();

  /// Appends images [n, c, h, w] (values 0..255) to part "train", "test" or "all". `names` (a path
  /// or an id, UTF-8) are given for every row of a part, or for none.
  void append_images(const std::string& part, std::span<const std::uint8_t> x, const Shape& image,
                     std::span<const std::int32_t> y, std::span<const std::string> names = {});
  /// Appends rows [n, d] of a table or of features.
  void append_rows(const std::string& part, std::span<const float> x, std::size_t columns,
                   std::span<const std::int32_t> y, std::span<const std::string> names = {});
  /// Appends one picture as the bytes of its file, of any size; such a part has no `x`.
  void append_encoded(const std::string& part, std::span<const std::uint8_t> file, std::int32_t y,
                      const std::string& name);
  /// Completes the file under its name. Without it nothing is left.
  void commit();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A dataset file open for reading: shapes and labels at once, rows on demand.
class DatasetFile {
 public:
  /// Errors: no dataset file, newer, parts missing or of unequal length, labels beyond the classes.
  explicit DatasetFile(const std::filesystem::path& path);

  [[nodiscard]] const DatasetInfo& info() const { return info_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// {"train", "test"} or {"all"}.
  [[nodiscard]] const std::vector<std::string>& parts() const { return parts_; }
  /// Whether the rows are picture files, which `cance extract` turns into features.
  [[nodiscard]] bool encoded() const { return encoded_; }
  /// Error when they are, which says what to do.
  void require_numbers() const;
  /// Shape of one row: {c, h, w} or {d}; empty for encoded pictures.
  [[nodiscard]] const Shape& row_shape() const { return row_shape_; }
  /// Places of the columns that stand for a category, ascending.
  [[nodiscard]] std::vector<std::int64_t> one_hot_columns() const;
  [[nodiscard]] bool images() const { return row_shape_.size() == 3; }
  [[nodiscard]] std::size_t rows(const std::string& part) const { return labels(part).size(); }
  [[nodiscard]] const std::vector<std::int32_t>& labels(const std::string& part) const;
  /// Name of each row; empty when the file has none.
  [[nodiscard]] const std::vector<std::string>& names(const std::string& part) const;

  /// The rows with these indices, in this order, as float32 (images: 0..255), row-major.
  /// Reads in blocks; NaN or infinity is an Error that names the row, encoded pictures are one.
  [[nodiscard]] std::vector<float> read(const std::string& part,
                                        std::span<const std::int64_t> indices) const;
  /// Whether the rows of a part are stored as bytes.
  [[nodiscard]] bool has_bytes(const std::string& part) const;
  /// All rows of a part, row-major, as bytes (where they are) or as float32, into memory for as
  /// many values. Unlike `read` it takes NaN and infinity as they are.
  template <class T>
  void read_all(const std::string& part, std::span<T> values) const;
  /// The picture files with these indices, in this order. Error: the rows are no such files.
  [[nodiscard]] std::vector<std::vector<std::uint8_t>> read_encoded(
      const std::string& part, std::span<const std::int64_t> indices) const;

 private:
  struct Part {
    std::vector<std::int32_t> labels;
    std::vector<std::string> names;
    std::vector<std::int64_t> offsets;  // of encoded pictures: [n + 1]
  };

  [[nodiscard]] Part open_part(const std::string& name);
  void check_whole() const;
  [[nodiscard]] const Part& part(const std::string& name) const;
  void check_indices(const std::string& part, std::span<const std::int64_t> indices) const;

  std::filesystem::path path_;
  hdf5::Group root_;
  DatasetInfo info_;
  std::vector<std::string> parts_;
  std::vector<Part> content_;  // by part
  Shape row_shape_;
  bool encoded_ = false;
};

}  // namespace cance::store
