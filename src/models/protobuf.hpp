// Messages in the wire format of Protocol Buffers
// (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace cance::models {

/// One message, field by field.
class ProtoMessage {
 public:
  ProtoMessage& number(unsigned field, std::int64_t value) {
    varint(field << 3U);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtoMessage& single(unsigned field, float value) {
    varint(field << 3U | 5U);
    const auto bits = std::bit_cast<std::uint32_t>(value);
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes_.push_back(static_cast<char>(bits >> shift & 0xFFU));
    }
    return *this;
  }
  /// Text, raw bytes, or a message within the message.
  ProtoMessage& bytes(unsigned field, std::string_view value) {
    varint(field << 3U | 2U);
    varint(value.size());
    bytes_.append(value);
    return *this;
  }
  ProtoMessage& message(unsigned field, const ProtoMessage& value) {
    return bytes(field, value.bytes_);
  }
  [[nodiscard]] const std::string& text() const { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value > 0x7F; value >>= 7U) {
      bytes_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    }
    bytes_.push_back(static_cast<char>(value));
  }
  std::string bytes_;
};

}  // namespace cance::models
