#include "data_prep/readers/idx.hpp"

#include <array>
#include <cassert>
#include <span>
#include <string>

#include "base/cast.hpp"
#include "data_prep/readers/byte_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kUnsignedByte = 0x0800;
constexpr std::size_t kMaxDimensions = 4;
/// Deflate shrinks at most 1032 to 1, so a file holds no more than that many times its own length.
constexpr std::uintmax_t kMostExpansion = 1032;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  return (std::uint32_t{bytes[0]} << 24U) | (std::uint32_t{bytes[1]} << 16U) |
         (std::uint32_t{bytes[2]} << 8U) | std::uint32_t{bytes[3]};
}

std::string shape_text(const std::vector<std::size_t>& shape) {
  return fmt::format("{}", fmt::join(shape, " x "));
}

void check_magic(const std::string& name, std::uint32_t magic, std::size_t dimensions) {
  const auto expected = to<std::uint32_t>(kUnsignedByte + dimensions);
  const bool other_kind = (magic & 0xFFFFFF00U) == kUnsignedByte && magic != expected;
  require(magic == expected,
          "{}: magic number 0x{:08x}, expected 0x{:08x} (IDX, unsigned bytes, dimensions: {}){}",
          name, magic, expected, dimensions,
          other_kind ? fmt::format("; this file has {} dimensions: were images and labels swapped?",
                                   magic & 0xFFU)
                     : "");
}

/// Bytes that the sizes in the header ask for, refused when over `most`.
std::size_t payload_bytes(const std::string& name, const std::vector<std::size_t>& shape,
                          std::uintmax_t most) {
  std::uintmax_t total = 1;
  for (const std::size_t extent : shape) {
    require(extent > 0, "{}: sizes {} hold no data, expected at least 1 in each dimension", name,
            shape_text(shape));
    require(extent <= most / total,
            "{}: truncated, or its header is damaged: {} data bytes declared, {} there at most",
            name, shape_text(shape), most);
    total *= extent;
  }
  return to<std::size_t>(total);
}

}  // namespace

IdxArray read_idx(const fs::path& path, std::size_t dimensions) {
  assert(dimensions >= 1 && dimensions <= kMaxDimensions);
  const std::string name = path.string();
  std::error_code error;
  const std::uintmax_t file_bytes = fs::file_size(path, error);
  require(!error, "{}: cannot be read: {}", name, error.message());
  require(file_bytes > 0, "{}: the file is empty, expected an IDX header", name);

  GzipFile file(path);
  std::array<std::uint8_t, 4 * (1 + kMaxDimensions)> buffer{};
  const auto header = std::span(buffer).first(4 * (1 + dimensions));
  const std::size_t header_bytes = file.read(header);
  require(header_bytes >= 4, "{}: truncated: {} bytes, expected an IDX header of {}", name,
          header_bytes, header.size());
  check_magic(name, big_endian(header), dimensions);
  require(header_bytes == header.size(), "{}: truncated: {} bytes, expected an IDX header of {}",
          name, header_bytes, header.size());

  IdxArray array;
  for (std::size_t i = 1; i <= dimensions; ++i) {
    array.shape.push_back(big_endian(header.subspan(4 * i)));
  }
  const std::uintmax_t most =
      file.compressed() ? file_bytes * kMostExpansion : file_bytes - header.size();
  const std::size_t expected = payload_bytes(name, array.shape, most);
  array.values = read_up_to([&file](auto out) { return file.read(out); }, expected);
  const std::size_t got = array.values.size();
  require(got == expected, "{}: truncated: {} data bytes, expected {} ({})", name, got, expected,
          shape_text(array.shape));
  std::array<std::uint8_t, 1> beyond{};
  require(file.read(beyond) == 0, "{}: trailing bytes behind the {} declared ones ({})", name, got,
          shape_text(array.shape));
  return array;
}

}  // namespace cance::prep
