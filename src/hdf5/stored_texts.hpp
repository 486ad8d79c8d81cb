// Texts of variable length as a file keeps them. HDF5 1.10 believes the references to them, writes
// beyond its buffers where one is damaged, and they have no checksum; so they are read here.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <vector>

namespace cance::hdf5 {

/// Of one file open for reading.
class StoredTexts {
 public:
  /// Error: addresses of another size than 8 bytes, which only very old files have.
  StoredTexts(hid_t file, std::string name);

  /// The `count` texts of an array or of the attribute `attribute` of `object`. Errors: damaged; an
  /// array in chunks; more attributes than the object's header holds; more bytes than may come.
  [[nodiscard]] std::vector<std::string> of_array(hid_t array, std::size_t count,
                                                  const std::string& where);
  [[nodiscard]] std::vector<std::string> of_attribute(hid_t object, const std::string& attribute,
                                                      std::size_t count, const std::string& where);
  [[nodiscard]] std::uintmax_t file_size() const { return size_; }

 private:
  /// A collection of texts: its bytes, and begin and size by number.
  struct Heap {
    std::uint64_t address = 0;
    std::string bytes;
    std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> texts;
  };
  struct Message {
    unsigned type = 0;
    std::string body;
  };

  /// Bytes at an address of the file, counted from behind its user block.
  [[nodiscard]] std::string bytes(std::uint64_t address, std::uint64_t count,
                                  const std::string& where) const;
  [[nodiscard]] const Heap& heap(std::uint64_t address, const std::string& where);
  [[nodiscard]] std::vector<std::string> resolve(const std::string& references, std::size_t count,
                                                 const std::string& where);
  /// The messages of an object's header, with those of its continuations.
  [[nodiscard]] std::vector<Message> header(hid_t object, const std::string& where) const;

  std::string name_;
  int descriptor_ = -1;
  std::uint64_t base_ = 0;
  std::uint64_t size_ = 0;
  std::list<Heap> heaps_;  // the latest first
};

}  // namespace cance::hdf5
