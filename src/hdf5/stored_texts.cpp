// Layout: HDF5 File Format Specification 3.0, sections III.E (global heap) and IV.A (object
// headers), with 8-byte offsets and lengths.
#include "hdf5/stored_texts.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "base/expansion.hpp"
#include "hdf5/handle.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::uint64_t kHeapHeader = 16;  // of a collection and of each of its objects
constexpr std::uint64_t kSmallestHeap = 4096;
constexpr std::size_t kHeapsHeld = 16;
constexpr std::size_t kReference = 16;  // length (4 bytes), heap address (8), number in it (4)
constexpr std::size_t kMostBlocks = 4096;
constexpr unsigned kContinuation = 0x10;
constexpr unsigned kAttribute = 0x0C;
constexpr unsigned kLayout = 0x08;

/// Bytes taken from front to back; little-endian in the file, and on the machines of this program.
class Cursor {
 public:
  Cursor(std::string_view bytes, const std::string& where) : bytes_(bytes), where_(where) {}
  [[nodiscard]] std::string_view take(std::uint64_t count) {
    require(count <= bytes_.size(), "{}: damaged: the header of the object ends early", where_);
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return taken;
  }
  template <class T>
  [[nodiscard]] T number() {
    T value;
    std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
    return value;
  }
  [[nodiscard]] std::size_t left() const { return bytes_.size(); }

 private:
  std::string_view bytes_;
  const std::string& where_;
};

/// The values of an attribute message of this name; nothing of another one.
std::string_view attribute_values(std::string_view body, const std::string& name,
                                  const std::string& where) {
  Cursor cursor(body, where);
  const auto version = cursor.number<std::uint8_t>();
  static_cast<void>(cursor.take(1));
  const std::uint64_t name_size = cursor.number<std::uint16_t>();
  const std::uint64_t type_size = cursor.number<std::uint16_t>();
  const std::uint64_t space_size = cursor.number<std::uint16_t>();
  if (version == 3) {
    static_cast<void>(cursor.take(1));
  }
  const auto padded = [version](std::uint64_t size) {
    return version == 1 ? (size + 7) / 8 * 8 : size;
  };
  const auto text = cursor.take(padded(name_size));
  if (version < 1 || version > 3 || text.substr(0, text.find('\0')) != name) {
    return {};
  }
  static_cast<void>(cursor.take(padded(type_size)));
  static_cast<void>(cursor.take(padded(space_size)));
  return cursor.take(cursor.left());
}

/// The values inside a layout message of a compact array.
std::string_view compact_values(std::string_view body, const std::string& where) {
  Cursor cursor(body, where);
  const auto version = cursor.number<std::uint8_t>();
  require(version == 3 || version == 4, "{}: a layout of an old form; write the file again", where);
  require(cursor.number<std::uint8_t>() == 0, "{}: damaged: its layout", where);
  return cursor.take(cursor.number<std::uint16_t>());
}

}  // namespace

StoredTexts::StoredTexts(hid_t file, std::string name) : name_(std::move(name)) {
  const PropertyHandle creation(check(H5Fget_create_plist(file), name_, "read the format"));
  hsize_t block = 0;
  std::size_t address_size = 0;
  std::size_t length_size = 0;
  check(H5Pget_userblock(creation.get(), &block), name_, "read the format");
  check(H5Pget_sizes(creation.get(), &address_size, &length_size), name_, "read the format");
  require(address_size == 8 && length_size == 8,
          "{}: an HDF5 file with addresses of {} bytes, expected 8; write it again (h5repack)",
          name_, address_size);
  void* descriptor = nullptr;
  check(H5Fget_vfd_handle(file, H5P_DEFAULT, &descriptor), name_, "find the open file");
  descriptor_ = *static_cast<int*>(descriptor);
  base_ = block;
  struct stat facts {};
  require(::fstat(descriptor_, &facts) == 0, "{}: cannot be read", name_);
  size_ = static_cast<std::uint64_t>(facts.st_size);
}

std::string StoredTexts::bytes(std::uint64_t address, std::uint64_t count,
                               const std::string& where) const {
  require(base_ <= size_ && address <= size_ - base_ && count <= size_ - base_ - address,
          "{}: damaged: {} bytes at {} lie outside the file", where, count, address);
  std::string result(count, '\0');
  std::uint64_t done = 0;
  while (done < count) {
    const ssize_t got = ::pread(descriptor_, result.data() + done, count - done,
                                static_cast<off_t>(base_ + address + done));
    require(got > 0, "{}: cannot be read", where);
    done += static_cast<std::uint64_t>(got);
  }
  return result;
}

// A collection must be filled exactly by texts and one free rest.
const StoredTexts::Heap& StoredTexts::heap(std::uint64_t address, const std::string& where) {
  const auto known = std::ranges::find(heaps_, address, &Heap::address);
  if (known != heaps_.end()) {
    return *known;
  }
  const std::string start = bytes(address, kHeapHeader, where);
  Cursor head(start, where);
  require(head.take(8) == std::string_view("GCOL\x01\0\0\0", 8),
          "{}: damaged: a text refers to no text heap", where);
  const auto size = head.number<std::uint64_t>();
  require(size >= kSmallestHeap && size % 8 == 0, "{}: damaged: a text heap of {} bytes", where,
          size);
  Heap made{address, bytes(address, size, where), {}};
  Cursor cursor(made.bytes, where);
  static_cast<void>(cursor.take(kHeapHeader));
  while (cursor.left() >= kHeapHeader) {
    const std::size_t rest = cursor.left();
    const auto index = cursor.number<std::uint16_t>();
    static_cast<void>(cursor.take(6));
    const auto length = cursor.number<std::uint64_t>();
    if (index == 0) {
      require(length == rest, "{}: damaged: the rest of a text heap has {} bytes, not {}", where,
              rest, length);
      break;
    }
    const std::size_t begin = made.bytes.size() - cursor.left();
    require(length <= cursor.left() && (length + 7) / 8 * 8 <= cursor.left() &&
                made.texts.try_emplace(index, begin, length).second,
            "{}: damaged: text {} of a text heap does not fit", where, index);
    static_cast<void>(cursor.take((length + 7) / 8 * 8));
  }
  heaps_.push_front(std::move(made));
  if (heaps_.size() > kHeapsHeld) {
    heaps_.pop_back();
  }
  return heaps_.front();
}

std::vector<std::string> StoredTexts::resolve(const std::string& references, std::size_t count,
                                              const std::string& where) {
  require(references.size() >= count * kReference, "{}: damaged: fewer texts than declared", where);
  Cursor cursor(references, where);
  std::vector<std::string> values;
  std::uintmax_t total = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = cursor.number<std::uint32_t>();
    const auto address = cursor.number<std::uint64_t>();
    const auto index = cursor.number<std::uint32_t>();
    total += sizeof(std::string) + length;
    require_unpacked(total, size_, where);
    if (length == 0 && address == 0) {
      values.emplace_back();
      continue;
    }
    const Heap& from = heap(address, where);
    const auto found = from.texts.find(index);
    require(found != from.texts.end() && found->second.second == length,
            "{}: damaged: text {} refers to nothing", where, i);
    const std::string_view text = std::string_view(from.bytes).substr(found->second.first, length);
    values.emplace_back(text.substr(0, text.find('\0')));
  }
  return values;
}

std::vector<StoredTexts::Message> StoredTexts::header(hid_t object,
                                                      const std::string& where) const {
  const haddr_t address = object_address(object, where);
  constexpr std::uint64_t kLongestPrefix = 16;
  const std::string prefix = bytes(address, kLongestPrefix, where);
  const bool second = prefix.starts_with("OHDR");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> blocks;  // of messages: place, bytes
  std::uint64_t order = 0;                                      // bytes in a message for its order
  if (second) {
    const auto flags = static_cast<unsigned char>(prefix[5]);
    const std::uint64_t before =
        6 + ((flags & 0x20U) != 0 ? 16 : 0) + ((flags & 0x10U) != 0 ? 4 : 0);
    const std::uint64_t width = std::uint64_t{1} << (flags & 3U);
    const std::string size = bytes(address + before, width, where);
    std::uint64_t count = 0;
    std::memcpy(&count, size.data(), size.size());
    blocks.emplace_back(address + before + width, count);
    order = (flags & 0x04U) != 0 ? 2 : 0;
  } else {
    std::uint32_t count = 0;
    std::memcpy(&count, &prefix[8], sizeof(count));
    blocks.emplace_back(address + kLongestPrefix, count);
  }
  std::vector<Message> messages;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    require(i < kMostBlocks, "{}: damaged: a header of more than {} parts", where, kMostBlocks);
    const std::string block = bytes(blocks[i].first, blocks[i].second, where);
    Cursor cursor(block, where);
    const std::size_t smallest = second ? 4 + order : 8;
    while (cursor.left() >= smallest) {
      const unsigned type = second ? cursor.number<std::uint8_t>() : cursor.number<std::uint16_t>();
      const auto size = cursor.number<std::uint16_t>();
      static_cast<void>(cursor.take(second ? 1 + order : 4));
      std::string body(cursor.take(size));
      if (type == kContinuation) {
        Cursor place(body, where);
        const auto begin = place.number<std::uint64_t>();
        const auto length = place.number<std::uint64_t>();
        constexpr std::uint64_t kMark = 4;  // "OCHK" before, a checksum behind
        require(!second || length >= 2 * kMark, "{}: damaged: its header", where);
        blocks.emplace_back(second ? begin + kMark : begin, second ? length - 2 * kMark : length);
      } else if (type == kAttribute || type == kLayout) {
        messages.push_back({type, std::move(body)});
      }
    }
  }
  return messages;
}

std::vector<std::string> StoredTexts::of_array(hid_t array, std::size_t count,
                                               const std::string& where) {
  const PropertyHandle creation(check(H5Dget_create_plist(array), where, "read the layout"));
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout == H5D_CONTIGUOUS) {
    const haddr_t place = H5Dget_offset(array);  // from the file's beginning
    require(place != HADDR_UNDEF && place >= base_, "{}: damaged: the array has no data", where);
    return resolve(bytes(place - base_, count * kReference, where), count, where);
  }
  require(layout == H5D_COMPACT, "{}: texts in chunks; keep them contiguous", where);
  for (const Message& message : header(array, where)) {
    if (message.type == kLayout) {
      return resolve(std::string(compact_values(message.body, where)), count, where);
    }
  }
  fail("{}: damaged: the array has no layout", where);
}

std::vector<std::string> StoredTexts::of_attribute(hid_t object, const std::string& attribute,
                                                   std::size_t count, const std::string& where) {
  for (const Message& message : header(object, where)) {
    if (message.type != kAttribute) {
      continue;
    }
    const auto values = attribute_values(message.body, attribute, where);
    if (!values.empty()) {
      return resolve(std::string(values), count, where);
    }
  }
  fail(
      "{}: texts among more attributes than the object's header holds; write the file again with "
      "h5py's libver='earliest', or with fewer attributes",
      where);
}

}  // namespace cance::hdf5
