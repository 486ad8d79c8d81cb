// Small zip archives for tests.
#pragma once

#include <zlib.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/files.hpp"

namespace cance::tests {

inline void append_little_endian(Bytes& bytes, std::size_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

/// The files in this order, stored, as numpy.savez writes them.
inline Bytes zip_bytes(const std::vector<std::pair<std::string, Bytes>>& files) {
  Bytes zip;
  Bytes directory;
  for (const auto& [name, data] : files) {
    const std::size_t place = zip.size();
    Bytes facts;  // what both headers say of the file
    append_little_endian(facts, 20, 2);
    for (int i = 0; i < 4; ++i) {
      append_little_endian(facts, 0, 2);  // flags, method, time, date
    }
    append_little_endian(facts, crc32(0, data.data(), static_cast<unsigned>(data.size())), 4);
    append_little_endian(facts, data.size(), 4);
    append_little_endian(facts, data.size(), 4);
    append_little_endian(facts, name.size(), 2);
    append_little_endian(facts, 0, 2);
    append_little_endian(zip, 0x04034B50, 4);
    zip.insert(zip.end(), facts.begin(), facts.end());
    zip.insert(zip.end(), name.begin(), name.end());
    zip.insert(zip.end(), data.begin(), data.end());
    append_little_endian(directory, 0x02014B50, 4);
    append_little_endian(directory, 20, 2);
    directory.insert(directory.end(), facts.begin(), facts.end());
    append_little_endian(directory, 0, 10);  // comment, disk, attributes
    append_little_endian(directory, place, 4);
    directory.insert(directory.end(), name.begin(), name.end());
  }
  const std::size_t start = zip.size();
  zip.insert(zip.end(), directory.begin(), directory.end());
  append_little_endian(zip, 0x06054B50, 4);
  append_little_endian(zip, 0, 4);
  append_little_endian(zip, files.size(), 2);
  append_little_endian(zip, files.size(), 2);
  append_little_endian(zip, directory.size(), 4);
  append_little_endian(zip, start, 4);
  append_little_endian(zip, 0, 2);
  return zip;
}

}  // namespace cance::tests
