// Typed access to HDF5: files, groups, arrays, attributes and tables of equal-length columns. Every
// status is checked; an Error names file and path. No HDF5 type is seen outside this folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/matrix.hpp"
#include "base/shape.hpp"

namespace cance::hdf5 {

/// Element types of arrays: float, double, std::uint8_t, std::int32_t, std::int64_t.
template <class T>
struct Array {
  Shape shape;            ///< row-major
  std::vector<T> values;  ///< element_count(shape) of them
};

/// What an array holds.
enum class Kind { number, whole, text, other };

/// A group of an open file. Copies share the handle; the file closes with its last group.
class Group {
 public:
  /// Child group; `create_group` makes it (and what lies between) when absent.
  [[nodiscard]] Group group(const std::string& path) const;
  [[nodiscard]] Group create_group(const std::string& path) const;

  [[nodiscard]] bool has(const std::string& path) const;
  [[nodiscard]] bool is_group(const std::string& path) const;
  /// Names of the direct children, in alphabetical order.
  [[nodiscard]] std::vector<std::string> children() const;

  /// Writes a new array: chunked, shuffled, deflated, checksummed (scalars and empty ones plain).
  template <class T>
  void write(const std::string& name, std::span<const T> values, const Shape& shape) const;
  template <class T>
  void write(const std::string& name, const std::vector<T>& values) const {
    write<T>(name, std::span<const T>(values), {values.size()});
  }
  /// A new array of texts; HDF5 has no filters, and so no checksum, for texts of variable length.
  void write_strings(const std::string& name, const std::vector<std::string>& values) const;

  /// An empty array that grows by rows: shape (0, row_shape...).
  template <class T>
  void create_rows(const std::string& name, const Shape& row_shape) const;
  /// Appends rows to such an array.
  template <class T>
  void append_rows(const std::string& name, std::span<const T> values) const;

  /// Shape without reading. Error when there is no such array.
  [[nodiscard]] Shape shape(const std::string& name) const;
  [[nodiscard]] Kind kind(const std::string& name) const;
  /// Type of the elements as the file has it: "float32", "uint8", "text" and so on.
  [[nodiscard]] std::string type_name(const std::string& name) const;
  /// Nothing is read that the file keeps elsewhere: behind soft and external links, in views of
  /// other arrays, in external storage. Whole array, converted to T by HDF5; refused when the
  /// conversion would not keep the class (text, compound) or when it holds over `limit` elements (a
  /// damaged header asks for the moon).
  template <class T>
  [[nodiscard]] Array<T> read(const std::string& name,
                              std::size_t limit = std::size_t{1} << 33U) const;
  /// As `read`, with the shape required: 0 in `expected` takes any extent.
  template <class T>
  [[nodiscard]] std::vector<T> read_shaped(const std::string& name, const Shape& expected) const;
  /// Rows [first, first + count) into `out` (count * row size elements).
  template <class T>
  void read_rows(const std::string& name, std::size_t first, std::size_t count,
                 std::span<T> out) const;
  [[nodiscard]] std::vector<std::string> read_strings(const std::string& name) const;

  void set(const std::string& attribute, const std::string& value) const;
  void set(const std::string& attribute, const char* value) const {
    set(attribute, std::string(value));
  }
  void set(const std::string& attribute, std::int64_t value) const;
  void set(const std::string& attribute, double value) const;
  void set(const std::string& attribute, bool value) const;
  void set(const std::string& attribute, const std::vector<std::string>& values) const;
  /// Attribute of the array `name` of this group.
  void set_on(const std::string& name, const std::string& attribute,
              const std::vector<std::string>& values) const;
  [[nodiscard]] std::vector<std::string> texts_on(const std::string& name,
                                                  const std::string& attribute) const;

  [[nodiscard]] bool has_attribute(const std::string& attribute) const;
  [[nodiscard]] std::string text(const std::string& attribute) const;
  [[nodiscard]] std::int64_t integer(const std::string& attribute) const;
  [[nodiscard]] double number(const std::string& attribute) const;
  [[nodiscard]] bool boolean(const std::string& attribute) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& attribute) const;
  [[nodiscard]] std::vector<std::string> attribute_names() const;
  /// All attributes of the array or group `name` ("" is this group), a line each in alphabetical
  /// order: name, type and value, for checksums. Error: an attribute of an unknown kind.
  [[nodiscard]] std::string attribute_lines(const std::string& name) const;

  /// Copies this group with all that is in it to the new group `name` of `target`, also of another
  /// file. What was copied before a failure (a full disk) stays.
  void copy_to(const Group& target, const std::string& name) const;
  /// Makes `name` a link to the root of another file (`file` as seen from this file's folder).
  void link_file(const std::string& name, const std::string& file) const;

  /// Error where a group of the file has two names, so that whoever goes down may come by for ever.
  void require_tree() const;

  /// "file.h5:/path", for messages.
  [[nodiscard]] std::string where(const std::string& name = "") const;
  /// The file's name as it was opened.
  [[nodiscard]] const std::string& file_name() const;

 private:
  struct Impl;
  explicit Group(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  friend Group open_file(const std::filesystem::path& path, bool whole);
  friend Group create_file(const std::filesystem::path& path, const std::string& shown);
  friend void flush(const Group& root);
  std::shared_ptr<const Impl> impl_;
};

/// Opens an existing file to read; its checksum line is compared, in a file over 1 GiB with the
/// bytes only if `whole`. Errors: missing, not HDF5 (says what it looks like), truncated, damaged.
[[nodiscard]] Group open_file(const std::filesystem::path& path, bool whole = false);
/// Makes a new file (latest safe format, no file locking needed); its root group. Flushed and
/// closed with the last Group. `shown`: its name in messages, where that is another.
[[nodiscard]] Group create_file(const std::filesystem::path& path, const std::string& shown = "");
/// Flushes what was written, before a new file is closed; throws when the disk is full.
void flush(const Group& root);

/// HDF5 library version, "1.10.8".
[[nodiscard]] std::string library_version();

}  // namespace cance::hdf5
