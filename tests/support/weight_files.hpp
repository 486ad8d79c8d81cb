// Small weight files for tests, as safetensors and torch.save write them.
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/zip_files.hpp"

namespace cance::tests {

inline Bytes as_bytes(std::string_view text) { return {text.begin(), text.end()}; }

/// A safetensors file of this header and these numbers.
inline Bytes safetensors_bytes(const std::string& header, const std::vector<float>& values) {
  Bytes bytes;
  append_little_endian(bytes, header.size(), 8);
  bytes.insert(bytes.end(), header.begin(), header.end());
  bytes.resize(bytes.size() + values.size() * sizeof(float));
  std::memcpy(bytes.data() + bytes.size() - values.size() * sizeof(float), values.data(),
              values.size() * sizeof(float));
  return bytes;
}

/// Opcodes of protocol 2 in torch's order.
class PickleText {
 public:
  PickleText() { text_ = "\x80\x02"; }
  PickleText& op(std::string_view opcodes) {
    text_ += opcodes;
    return *this;
  }
  PickleText& name(const std::string& module, const std::string& what) {
    return op("c" + module + "\n" + what + "\n");
  }
  PickleText& text(const std::string& value) {
    const auto size = static_cast<char>(value.size());
    return op("X").op({&size, 1}).op(std::string(3, '\0')).op(value);
  }
  PickleText& number(unsigned value) {
    const auto byte = static_cast<char>(value);
    return op("K").op({&byte, 1});
  }
  PickleText& tuple(const std::vector<unsigned>& values) {
    op("(");
    for (const unsigned value : values) {
      number(value);
    }
    return op("t");
  }
  /// A tensor in the storage `key` of `count` floats.
  PickleText& tensor(const std::string& key, unsigned count, const std::vector<unsigned>& shape,
                     const std::vector<unsigned>& strides, unsigned offset = 0) {
    name("torch._utils", "_rebuild_tensor_v2").op("((").text("storage");
    name("torch", "FloatStorage").text(key).text("cpu").number(count).op("tQ");
    number(offset).tuple(shape).tuple(strides).op("\x89");
    return name("collections", "OrderedDict").op(")RtR");
  }
  [[nodiscard]] Bytes bytes() const { return as_bytes(text_); }

 private:
  std::string text_;
};

/// A state dictionary {"a": (2, 3), "b": (2)} of one storage "0" of 8 numbers.
inline PickleText small_state() {
  PickleText text;
  text.name("collections", "OrderedDict").op(")Rq").op({"\0", 1}).op("(");
  text.text("a").tensor("0", 8, {2, 3}, {3, 1}).text("b").tensor("0", 8, {2}, {1}, 6);
  return text.op("u}").text("_metadata").op("}sb.");
}

/// The archive around a pickle, with the numbers 0, 1, ... 7 in storage "0".
inline Bytes torch_file(const Bytes& pickle) {
  std::vector<float> values = {0, 1, 2, 3, 4, 5, 6, 7};
  Bytes numbers(values.size() * sizeof(float));
  std::memcpy(numbers.data(), values.data(), numbers.size());
  return zip_bytes({{"small/data.pkl", pickle},
                    {"small/byteorder", as_bytes("little")},
                    {"small/data/0", numbers}});
}

inline std::string_view view(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace cance::tests
