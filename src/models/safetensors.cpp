// safetensors: eight bytes of header length, a JSON header, raw little-endian numbers
// (https://huggingface.co/docs/safetensors).
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/atomic_file.hpp"
#include "models/element_type.hpp"
#include "models/weights_file.hpp"

namespace cance::models {
namespace {

using Json = nlohmann::json;
constexpr std::uint64_t kLongestHeader = std::uint64_t{1} << 22U;

/// A list of sizes below `limit` each.
Shape sizes(const Json& entry, const char* field, std::size_t limit, const std::string& where) {
  const auto found = entry.find(field);
  require(found != entry.end() && found->is_array() && found->size() <= 16,
          "{}: damaged: '{}' is no short list", where, field);
  Shape result;
  for (const Json& size : *found) {
    require(size.is_number_unsigned() && size.get<std::uint64_t>() <= limit,
            "{}: damaged: '{}' holds something that is no size in this file", where, field);
    result.push_back(size.get<std::size_t>());
  }
  return result;
}

hdf5::Array<float> read_entry(const Json& entry, std::string_view data, const std::string& where) {
  require(entry.is_object(), "{}: damaged: no description of a tensor", where);
  const std::string type_name = entry.contains("dtype") && entry["dtype"].is_string()
                                    ? entry["dtype"].get<std::string>()
                                    : "none";
  const auto* const type = element_type(type_name);
  require(type != nullptr, "{}: numbers of type {}, expected F32, F16, BF16, F64 or whole ones",
          where, type_name);
  const Shape range = sizes(entry, "data_offsets", data.size(), where);
  require(range.size() == 2 && range[0] <= range[1],
          "{}: damaged: its bytes do not begin before they end", where);
  hdf5::Array<float> array{sizes(entry, "shape", data.size(), where), {}};
  const std::size_t count = (range[1] - range[0]) / type->bytes;
  require(bounded_count(array.shape, count) == count && count * type->bytes == range[1] - range[0],
          "{}: damaged: {} bytes do not fill the shape ({})", where, range[1] - range[0],
          fmt::join(array.shape, ", "));
  array.values = type->to_floats(data.substr(range[0], range[1] - range[0]));
  return array;
}

}  // namespace

WeightMap parse_safetensors(std::string_view bytes, const std::string& name) {
  std::uint64_t length = 0;
  require(bytes.size() >= sizeof length, "{}: too short for safetensors", name);
  std::memcpy(&length, bytes.data(), sizeof length);
  require(length <= kLongestHeader && length <= bytes.size() - sizeof length,
          "{}: neither safetensors nor a file of torch.save: its header would have {} bytes", name,
          length);
  const auto header = Json::parse(bytes.substr(sizeof length, length), nullptr, false);
  require(header.is_object(), "{}: damaged: the header is not a JSON object", name);
  const std::string_view data = bytes.substr(sizeof length + length);
  WeightMap weights;
  std::size_t used = 0;
  for (const auto& [key, entry] : header.items()) {
    if (key == "__metadata__") {
      continue;
    }
    const std::string where = fmt::format("{}: tensor '{}'", name, key);
    hdf5::Array<float> array = read_entry(entry, data, where);
    const Shape range = entry["data_offsets"].get<Shape>();
    used += range[1] - range[0];
    require(used <= data.size(), "{}: damaged: tensors share bytes", where);
    weights.emplace(key, std::move(array));
  }
  return weights;
}

void write_safetensors(const std::filesystem::path& path, const store::TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata) {
  Json header = {{"__metadata__", metadata}};
  std::string data;
  for (const bool single : {false, true}) {  // the wider ones first, so that all are aligned
    for (const auto& [name, array] : tensors) {
      if (store::single_precision(array.values) != single) {
        continue;
      }
      const std::size_t begin = data.size();
      if (single) {
        const std::vector<float> values(array.values.begin(), array.values.end());
        data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
      } else {
        data.append(reinterpret_cast<const char*>(array.values.data()),
                    array.values.size() * sizeof(double));
      }
      header[name] = {{"dtype", single ? "F32" : "F64"},
                      {"shape", array.shape},
                      {"data_offsets", {begin, data.size()}}};
    }
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  write_text_file(path, bytes + text + data);
}

}  // namespace cance::models
