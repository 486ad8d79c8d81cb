#include "data_prep/readers/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/cast.hpp"
#include "base/ranges.hpp"
#include "base/text.hpp"
#include "data_prep/readers/packed_file.hpp"
#include "models/element_type.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little);

constexpr std::array<std::uint8_t, 6> kMagic{0x93, 'N', 'U', 'M', 'P', 'Y'};
constexpr std::size_t kMostHeaderBytes = std::size_t{1} << 20U;
/// Deflate shrinks at most 1032 to 1, so a file holds no more than that many times its own length.
constexpr std::uintmax_t kMostNpyExpansion = 1032;

std::uintmax_t most_bytes(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  require(!error, "{}: cannot be read: {}", path.string(), error.message());
  return bytes * kMostNpyExpansion;
}

/// Exactly `size` bytes of the header.
Bytes header_bytes(const std::string& where, const ReadBytes& source, std::size_t size) {
  Bytes bytes = read_up_to(source, size);
  require(bytes.size() == size, "{}: truncated inside the header", where);
  return bytes;
}

NpyHeader read_header(const std::string& where, const ReadBytes& source) {
  const Bytes start = header_bytes(where, source, kMagic.size() + 2);
  require(std::ranges::equal(std::span(start).first(kMagic.size()), kMagic),
          "{}: not a .npy array: it does not begin with \\x93NUMPY", where);
  const unsigned version = start[kMagic.size()];
  require(version >= 1 && version <= 3, "{}: version {} of .npy, expected 1, 2 or 3", where,
          version);
  std::size_t length = 0;
  const Bytes length_bytes = header_bytes(where, source, version == 1 ? 2 : 4);
  for (std::size_t i = 0; i < length_bytes.size(); ++i) {
    length |= std::size_t{length_bytes[i]} << (8 * i);
  }
  require(length <= kMostHeaderBytes, "{}: a header of {} bytes, expected {} at most", where,
          length, kMostHeaderBytes);
  const Bytes text = header_bytes(where, source, length);
  return parse_npy_header({reinterpret_cast<const char*>(text.data()), text.size()}, where);
}

/// The empty vector of the type that `descr` names.
NumberArray::Values empty_values(const std::string& descr, const std::string& where) {
  static const std::map<std::string, NumberArray::Values> kTypes{
      {"f4", std::vector<float>()},         {"f8", std::vector<double>()},
      {"i1", std::vector<std::int8_t>()},   {"i2", std::vector<std::int16_t>()},
      {"i4", std::vector<std::int32_t>()},  {"i8", std::vector<std::int64_t>()},
      {"u1", std::vector<std::uint8_t>()},  {"u2", std::vector<std::uint16_t>()},
      {"u4", std::vector<std::uint32_t>()}, {"u8", std::vector<std::uint64_t>()},
      {"b1", std::vector<std::uint8_t>()},  {"f2", std::vector<float>()}};
  require(descr.find('O') == std::string::npos,
          "{}: Python objects ('{}'), which would have to be executed; save it as plain numbers",
          where, descr);
  const bool ordered =
      !descr.empty() && std::string_view("<>|=").find(descr[0]) != std::string::npos;
  const auto type = kTypes.find(ordered ? descr.substr(1) : descr);
  require(type != kTypes.end(), "{}: values of type '{}', expected numbers: {}", where, descr,
          "f2, f4, f8, i1 to i8, u1 to u8 or b1");
  return type->second;
}

/// Bytes of all values, refused when over `most`.
std::size_t payload_bytes(const NpyHeader& header, std::size_t value_bytes,
                          const std::string& where, std::uintmax_t most) {
  std::uintmax_t total = value_bytes;
  for (const std::size_t extent : header.shape) {
    require(extent == 0 || total <= most / extent,
            "{}: truncated, or its header is damaged: {} values of {} bytes declared, {} bytes "
            "there at most",
            where, fmt::join(header.shape, " x "), value_bytes, most);
    total *= extent;
  }
  return to<std::size_t>(total);
}

template <class T>
void from_bytes(Bytes& bytes, bool swap, std::vector<T>& values) {
  if (swap) {
    for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
      std::reverse(bytes.begin() + signed_size(i), bytes.begin() + signed_size(i + sizeof(T)));
    }
  }
  values.resize(bytes.size() / sizeof(T));
  if (!bytes.empty()) {
    std::memcpy(values.data(), bytes.data(), bytes.size());
  }
}

std::string member_name(const std::string& member) {
  return member.ends_with(".npy") ? member.substr(0, member.size() - 4) : member;
}

}  // namespace

NumberArray read_npy(const std::string& where, const ReadBytes& source, std::uintmax_t most) {
  const NpyHeader header = read_header(where, source);
  NumberArray array{header.shape, empty_values(header.descr, where)};
  const bool half = header.descr.ends_with("f2");
  std::visit(
      [&]<class T>(std::vector<T>& values) {
        const std::size_t size = half ? sizeof(std::uint16_t) : sizeof(T);
        const std::size_t expected = payload_bytes(header, size, where, most);
        Bytes bytes = read_up_to(source, expected);
        require(bytes.size() == expected, "{}: truncated: {} data bytes, expected {} ({})", where,
                bytes.size(), expected, array.shape_text());
        if (half) {
          std::vector<std::uint16_t> halves;
          from_bytes(bytes, header.descr[0] == '>', halves);
          std::ranges::transform(halves, std::back_inserter(values), models::from_half);
        } else {
          from_bytes(bytes, header.descr[0] == '>', values);
        }
        if (header.fortran_order) {
          to_row_major(header.shape, values);
        }
      },
      array.values);
  std::array<std::uint8_t, 1> beyond{};
  require(source(beyond) == 0, "{}: trailing bytes behind the declared ones ({})", where,
          array.shape_text());
  return array;
}

NumberArray read_npy(const fs::path& path) {
  const std::uintmax_t most = most_bytes(path);
  GzipFile file(path);
  return read_npy(
      path.string(), [&file](auto out) { return file.read(out); }, most);
}

std::vector<std::string> npz_names(const fs::path& path) {
  PackedFile file(path, ArchiveKind::zip);
  std::vector<std::string> names;
  while (const auto member = file.next()) {
    names.push_back(member_name(*member));
  }
  return names;
}

std::map<std::string, NumberArray> read_npz(const fs::path& path,
                                            const std::vector<std::string>& wanted) {
  const std::uintmax_t most = most_bytes(path);
  PackedFile file(path, ArchiveKind::zip);
  std::map<std::string, NumberArray> arrays;
  while (const auto member = file.next()) {
    const std::string name = member_name(*member);
    if (contains(wanted, name)) {
      arrays[name] = read_npy(
          path.string() + ":" + name, [&file](auto out) { return file.read(out); }, most);
    }
  }
  return arrays;
}

}  // namespace cance::prep
