#include "models/weights_file.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <memory>

#include "base/atomic_file.hpp"
#include "base/log.hpp"
#include "models/state_pickle.hpp"

namespace cance::models {
namespace {

constexpr std::uintmax_t kLargestFile = std::uintmax_t{1} << 32U;
constexpr std::string_view kZip = "PK\x03\x04";

using Members = std::map<std::string, std::string>;
struct FreeArchive {
  void operator()(archive* a) const { archive_read_free(a); }
};

/// The files of a zip archive by their names without the first folder. torch compresses nothing, so
/// together they are no larger than the archive.
Members read_zip(std::string_view bytes, const std::string& name) {
  const std::unique_ptr<archive, FreeArchive> zip(archive_read_new());
  const auto check = [&](int status) {
    require(status >= ARCHIVE_WARN, "{}: damaged archive: {}", name,
            archive_error_string(zip.get()) == nullptr ? "no reason is known"
                                                       : archive_error_string(zip.get()));
    return status;
  };
  check(archive_read_support_format_zip_seekable(zip.get()));
  check(archive_read_open_memory(zip.get(), bytes.data(), bytes.size()));
  Members members;
  std::size_t left = bytes.size();
  archive_entry* entry = nullptr;
  while (check(archive_read_next_header(zip.get(), &entry)) != ARCHIVE_EOF) {
    const char* const path = archive_entry_pathname(entry);
    const std::string_view whole = path == nullptr ? "" : path;
    std::string& content = members[std::string(whole.substr(whole.find('/') + 1))];
    content.clear();
    const void* block = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    while (check(archive_read_data_block(zip.get(), &block, &size, &offset)) != ARCHIVE_EOF) {
      require(size <= left, "{}: damaged: its members are larger than it", name);
      left -= size;
      content.append(static_cast<const char*>(block), size);
    }
  }
  return members;
}

const std::string& member(const Members& members, const std::string& key, const std::string& name) {
  const auto found = members.find(key);
  require(found != members.end(), "{}: damaged or not of torch.save: it holds no {}", name, key);
  return found->second;
}

/// The numbers of a view, which lie in a row.
hdf5::Array<float> read_view(const TensorView& view, const std::string& storage,
                             const std::string& where) {
  const std::size_t item = view.type->bytes;
  const std::size_t elements = storage.size() / item;
  const std::size_t count = bounded_count(view.shape, elements);
  require(view.offset <= elements && count <= elements - view.offset,
          "{}: damaged: the shape ({}) from element {} does not fit its {} numbers", where,
          fmt::join(view.shape, ", "), view.offset, elements);
  require(view.shape.size() == view.strides.size(), "{}: damaged: {} sizes, but {} strides", where,
          view.shape.size(), view.strides.size());
  std::size_t stride = 1;
  for (std::size_t axis = view.shape.size(); count > 0 && axis-- > 0;) {
    require(view.shape[axis] == 1 || view.strides[axis] == stride,
            "{}: its numbers do not lie in a row; save the tensor after .contiguous()", where);
    stride *= view.shape[axis];
  }
  return {view.shape,
          view.type->to_floats(std::string_view(storage).substr(view.offset * item, count * item))};
}

}  // namespace

WeightMap parse_torch_file(std::string_view bytes, const std::string& name) {
  const Members members = read_zip(bytes, name);
  if (members.contains("byteorder")) {
    require(members.at("byteorder") == "little", "{}: not of little-endian numbers", name);
  }
  const auto views = read_state_pickle(member(members, "data.pkl", name), name);
  WeightMap weights;
  std::size_t left = 2 * bytes.size();
  for (const auto& [key, view] : views) {
    const std::string where = fmt::format("{}: tensor '{}'", name, key);
    hdf5::Array<float> array =
        read_view(view, member(members, "data/" + view.storage, name), where);
    const std::size_t size = array.values.size() * view.type->bytes;
    require(size <= left, "{}: damaged: tensors of more numbers than the file has", where);
    left -= size;
    weights.emplace(key, std::move(array));
  }
  return weights;
}

WeightMap read_weights(const std::filesystem::path& path) {
  const std::string bytes = read_text_file(path, kLargestFile);
  const bool json = bytes.size() > 8 && bytes[8] == '{';  // its length may begin with any byte
  require(json || !bytes.starts_with("\x80"),
          "{}: written by torch before 1.6; load it with a newer torch and save the state "
          "dictionary again",
          path.string());
  return bytes.starts_with(kZip) ? parse_torch_file(bytes, path.string())
                                 : parse_safetensors(bytes, path.string());
}

WeightMap unwrapped(WeightMap weights, const std::vector<std::string>& names,
                    const std::string& where) {
  std::vector<std::string> prefixes;
  for (const auto& [key, array] : weights) {
    const std::string prefix = key.substr(0, key.size() - std::min(key.size(), names[0].size()));
    const bool whole = std::ranges::all_of(
        names, [&](const std::string& name) { return weights.contains(prefix + name); });
    if (whole && prefix.empty()) {
      return weights;
    }
    if (whole && prefix.ends_with('.') && key.ends_with(names[0])) {
      prefixes.push_back(prefix);
    }
  }
  if (prefixes.empty()) {
    return weights;
  }
  require(prefixes.size() == 1,
          "{}: holds {} networks, under {}; save the state dictionary of one of them alone", where,
          prefixes.size(), fmt::join(prefixes, ", "));
  log::info("{}: takes the tensors under '{}'", where, prefixes.front());
  WeightMap bare;
  for (auto& [key, array] : weights) {
    if (key.starts_with(prefixes.front())) {
      bare.emplace(key.substr(prefixes.front().size()), std::move(array));
    }
  }
  return bare;
}

}  // namespace cance::models
