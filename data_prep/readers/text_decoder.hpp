// Text of another encoding as UTF-8, by iconv.
#pragma once

#include <memory>
#include <string>

#include "data_prep/readers/byte_source.hpp"

namespace cance::prep {

class TextDecoder {
 public:
  /// `encoding` as iconv names it: cp1252, latin1, UTF-16, ... Error: iconv does not know it.
  explicit TextDecoder(const std::string& encoding);

  /// Fills `out` (at least 64 bytes) with the next bytes of `source` in UTF-8, and returns how many
  /// they are; 0 at the end. Error: bytes that are none of the encoding; names `file` and place.
  std::size_t read(const ReadBytes& source, std::span<std::uint8_t> out, const std::string& file);

 private:
  void refuse(const std::string& file) const;

  std::string encoding_;
  std::unique_ptr<void, int (*)(void*)> state_;
  Bytes raw_;                // read, and not yet converted
  std::uint64_t place_ = 0;  // of the first of these in the source
};

}  // namespace cance::prep
