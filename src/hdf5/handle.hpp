// Private to this folder: HDF5 identifiers that close themselves, checks, what a Group holds.
#pragma once

#include <hdf5.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "hdf5/group.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/stored_texts.hpp"

namespace cance::hdf5 {

/// Owns one HDF5 identifier; move-only.
template <herr_t (*Close)(hid_t)>
class Handle {
 public:
  Handle() = default;
  explicit Handle(hid_t id) : id_(id) {}
  ~Handle() { reset(); }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)) {}
  Handle& operator=(Handle&& other) noexcept {
    reset();
    id_ = std::exchange(other.id_, H5I_INVALID_HID);
    return *this;
  }

  [[nodiscard]] hid_t get() const { return id_; }

 private:
  void reset() {
    if (id_ >= 0) {
      Close(id_);
    }
    id_ = H5I_INVALID_HID;
  }
  hid_t id_ = H5I_INVALID_HID;
};

using FileHandle = Handle<H5Fclose>;
using GroupHandle = Handle<H5Gclose>;
using ArrayHandle = Handle<H5Dclose>;
using SpaceHandle = Handle<H5Sclose>;
using TypeHandle = Handle<H5Tclose>;
using AttributeHandle = Handle<H5Aclose>;
using PropertyHandle = Handle<H5Pclose>;

/// Throws Error: `where`, what was tried, and the innermost message of HDF5's error stack.
[[noreturn]] void fail_hdf5(const std::string& where, const char* doing);

/// Passes a status, count or identifier through unless HDF5 reports a failure in it.
template <class Status>
Status check(Status status, const std::string& where, const char* doing) {
  if (status < 0) [[unlikely]] {
    fail_hdf5(where, doing);
  }
  return status;
}

/// An open file, and what was read of it.
struct OpenFile {
  FileHandle handle;
  std::string name;
  std::unique_ptr<StoredTexts> texts;           // null for a file being written
  bool tree = true;                             // no group has two names
  std::map<std::string, std::uintmax_t> taken;  // bytes of the arrays that were read
  std::uintmax_t total = 0;                     // of them

  /// Bytes; 0 for a file being written.
  [[nodiscard]] std::uintmax_t size() const { return texts == nullptr ? 0 : texts->file_size(); }
  /// Error where the arrays read so far, with these `bytes`, are more than may come of the file.
  void take(const std::string& array, std::uintmax_t bytes);
};

struct Group::Impl {
  std::shared_ptr<OpenFile> file;  // declared first: closes after the group
  GroupHandle group;
  std::string path;  // inside the file, "" for the root

  /// Closed under the lock, whoever lets it go.
  static std::shared_ptr<const Impl> shared(Impl impl) {
    return {new Impl(std::move(impl)), [](const Impl* own) {
              const Lock lock;
              delete own;
            }};
  }
};

/// "float32", "uint8", "boolean", "text", or "other".
[[nodiscard]] std::string type_text(hid_t type);
/// Names of the attributes of an object, in alphabetical order.
[[nodiscard]] std::vector<std::string> names_of_attributes(hid_t object, const std::string& where);
/// Variable-length UTF-8 text.
[[nodiscard]] TypeHandle text_type();
/// Property list of class `kind` without object times, so that equal content gives equal bytes.
[[nodiscard]] PropertyHandle creation_list(hid_t kind);
/// Texts as HDF5 takes them; Error when one holds a zero byte.
[[nodiscard]] std::vector<const char*> text_pointers(const std::vector<std::string>& values,
                                                     const std::string& where);
/// Where texts come from: an array, or an attribute of an object.
struct TextSource {
  StoredTexts* stored;  // null for a file being written
  hid_t array = H5I_INVALID_HID;
  hid_t object = H5I_INVALID_HID;
  std::string attribute = {};
};
/// All texts of the source, of variable or fixed length.
[[nodiscard]] std::vector<std::string> read_texts(const TextSource& source,
                                                  const std::string& where);
/// Address of an object in its file, by which it is known again.
[[nodiscard]] haddr_t object_address(hid_t object, const std::string& where);
/// Chunks of more bytes are not unpacked.
inline constexpr std::uintmax_t kMostChunkBytes = std::uintmax_t{1} << 27U;
/// Reads all that describes a file: groups, attributes, the places of chunks, and the numbers of
/// small arrays; unpacks all chunks, of large arrays where the file's `packed` bytes are given (not
/// 0) and may become as many; whether no group has two names. Error: damaged, too deep, too many
/// attributes.
[[nodiscard]] bool is_tree(hid_t root, const std::string& file, std::uintmax_t packed);
/// Error: a chunk of the array, whose filters are such as we read, unpacks to more or fewer bytes
/// than a chunk has. HDF5 1.10 believes the sizes and reads beyond its buffers. One that cannot be
/// unpacked is left to whoever reads it.
void require_whole_chunks(hid_t array, const std::string& file);

}  // namespace cance::hdf5
