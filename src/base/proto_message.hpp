// Messages of Protocol Buffers, written without their library.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

namespace cance {

template <class Unsigned>
void append_little_endian(std::string& bytes, Unsigned value) {
  for (std::size_t i = 0; i < sizeof value; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xFFU));
  }
}

/// A message in the wire format of Protocol Buffers
/// (https://protobuf.dev/programming-guides/encoding), field by field.
class ProtoMessage {
 public:
  ProtoMessage& number(unsigned field, std::int64_t value) {
    varint(field << 3U);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  ProtoMessage& single(unsigned field, float value) {
    varint(field << 3U | 5U);
    append_little_endian(bytes_, std::bit_cast<std::uint32_t>(value));
    return *this;
  }
  ProtoMessage& real(unsigned field, double value) {
    varint(field << 3U | 1U);
    append_little_endian(bytes_, std::bit_cast<std::uint64_t>(value));
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

}  // namespace cance
