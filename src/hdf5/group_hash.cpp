#include "hdf5/group_hash.hpp"

#include <cstring>

#include "base/sha256.hpp"

namespace cance::hdf5 {
namespace {

/// Numbers as little-endian bytes, as every machine we run on keeps them.
template <class T>
std::string bytes_of_values(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) {
    std::memcpy(bytes.data(), values.data(), bytes.size());
  }
  return bytes;
}

std::string bytes_of_texts(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& text : texts) {
    bytes += fmt::format("{}:{}", text.size(), text);
  }
  return bytes;
}

std::string array_bytes(const Group& group, const std::string& name) {
  switch (group.kind(name)) {
    case Kind::text:
      return bytes_of_texts(group.read_strings(name));
    case Kind::whole:
      return bytes_of_values(group.read<std::int64_t>(name).values);
    case Kind::number:
      return bytes_of_values(group.read<double>(name).values);
    default:
      fail("{}: an array of neither numbers nor texts", group.where(name));
  }
}

void add(const Group& group, const std::string& path, std::string& lines) {
  lines += fmt::format("{}/\n{}", path, group.attribute_lines(""));
  for (const std::string& name : group.children()) {
    if (group.is_group(name)) {
      add(group.group(name), path + "/" + name, lines);
      continue;
    }
    lines += fmt::format("{}/{} {} ({}) {}\n{}", path, name, group.type_name(name),
                         fmt::join(group.shape(name), ","), sha256(array_bytes(group, name)),
                         group.attribute_lines(name));
  }
}

}  // namespace

std::string group_sha256(const Group& group) {
  group.require_tree();
  std::string lines;
  add(group, "", lines);
  return sha256(lines);
}

}  // namespace cance::hdf5
