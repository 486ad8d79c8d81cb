// Layout: HDF5 File Format Specification 3.0, section III.E (global heap), with 8-byte offsets and
// lengths.
#include "hdf5/heap_check.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <string_view>

#include "base/error.hpp"

namespace cance::hdf5 {
namespace {

constexpr std::string_view kSignature("GCOL\x01", 5);
constexpr std::string_view kReserved("\0\0\0", 3);  // behind it; HDF5 does not look at them
constexpr std::uint64_t kHeader = 16;               // of a collection and of each of its objects
constexpr std::uint64_t kSmallest = 4096;

template <class T>
T number(std::string_view bytes, std::uint64_t place) {
  T value;  // little-endian in the file; this program is built for little-endian machines
  std::memcpy(&value, bytes.data() + place, sizeof(T));
  return value;
}

/// A file's bytes, mapped.
class Mapping {
 public:
  explicit Mapping(const std::filesystem::path& path) : size_(std::filesystem::file_size(path)) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    require(descriptor >= 0, "{}: cannot be read", path.string());
    address_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, descriptor, 0);
    ::close(descriptor);
    require(address_ != MAP_FAILED, "{}: cannot be read", path.string());
  }
  ~Mapping() { ::munmap(address_, size_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  [[nodiscard]] std::string_view bytes() const {
    return {static_cast<const char*>(address_), size_};
  }

 private:
  std::size_t size_;
  void* address_ = nullptr;
};

// Sizes by number of one collection, which must be filled exactly by objects and one free rest.
std::map<std::uint32_t, std::uint64_t> walk(std::string_view heap, const std::string& where) {
  std::map<std::uint32_t, std::uint64_t> sizes;
  std::uint64_t place = kHeader;
  while (heap.size() - place >= kHeader) {
    const std::uint32_t index = number<std::uint16_t>(heap, place);
    const auto reserved = number<std::uint32_t>(heap, place + 4);
    const auto size = number<std::uint64_t>(heap, place + 8);
    const std::uint64_t rest = heap.size() - place;
    if (index == 0) {
      require(size == rest, "{}: damaged: the rest of a text heap has {} bytes, not {}", where,
              rest, size);
      return sizes;
    }
    require(reserved == 0 && size <= rest - kHeader && sizes.emplace(index, size).second,
            "{}: damaged: text {} of a text heap does not fit", where, index);
    place += kHeader + (size + 7) / 8 * 8;
    require(place <= heap.size(), "{}: damaged: text {} of a text heap does not fit", where, index);
  }
  return sizes;
}

}  // namespace

HeapSizes check_heaps(const std::filesystem::path& path) {
  const Mapping mapping(path);
  const std::string_view bytes = mapping.bytes();
  HeapSizes heaps;
  for (std::size_t place = bytes.find(kSignature); place != std::string_view::npos;
       place = bytes.find(kSignature, place + 1)) {
    const std::string where = path.string();
    const std::uint64_t rest = bytes.size() - place;
    require(rest >= kSmallest, "{}: damaged or truncated: a text heap of {} bytes", where, rest);
    require(bytes.substr(place + kSignature.size(), kReserved.size()) == kReserved,
            "{}: damaged: the beginning of a text heap", where);
    const auto size = number<std::uint64_t>(bytes, place + 8);
    require(size >= kSmallest && size <= rest && size % 8 == 0,
            "{}: damaged or truncated: a text heap says it has {} of {} bytes", where, size, rest);
    heaps.emplace(place, walk(bytes.substr(place, size), where));
  }
  return heaps;
}

}  // namespace cance::hdf5
