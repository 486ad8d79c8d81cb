// What chunks unpack to.
#include <zlib.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/cast.hpp"
#include "hdf5/types.hpp"

namespace cance::hdf5 {
namespace {

using Bytes = std::vector<unsigned char>;

/// What deflated bytes become, up to `most`; nothing where they are damaged.
std::optional<Bytes> inflated(Bytes& from, std::size_t most) {
  Bytes out(most);
  uLongf size = out.size();
  if (::uncompress(out.data(), &size, from.data(), from.size()) != Z_OK) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

/// How many bytes HDF5 makes of a stored chunk, of which the `skipped` filters were not used;
/// nothing where it says itself that the chunk is damaged. Of a whole one they are `expected`.
std::optional<std::size_t> unpacked_size(Bytes bytes, const std::vector<H5Z_filter_t>& filters,
                                         unsigned skipped, std::size_t expected) {
  constexpr std::size_t kChecksum = 4;
  for (std::size_t i = filters.size(); i-- > 0;) {
    if ((skipped >> i & 1U) != 0) {
      continue;
    }
    if (filters[i] == H5Z_FILTER_FLETCHER32) {
      if (bytes.size() < kChecksum) {
        return 0;
      }
      bytes.resize(bytes.size() - kChecksum);
    } else if (filters[i] == H5Z_FILTER_DEFLATE) {
      auto out = inflated(bytes, expected + kChecksum);
      if (!out) {
        return std::nullopt;
      }
      bytes = std::move(*out);
    }
  }
  return bytes.size();
}

}  // namespace

std::vector<H5Z_filter_t> filters_of(hid_t creation, const std::string& where) {
  const int count = check(H5Pget_nfilters(creation), where, "read the filters");
  std::vector<H5Z_filter_t> filters;
  for (int i = 0; i < count; ++i) {
    unsigned flags = 0;
    std::size_t values = 0;
    filters.push_back(check(H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                                           nullptr, 0, nullptr, nullptr),
                            where, "read the filters"));
  }
  return filters;
}

bool is_known_filter(H5Z_filter_t filter) {
  return filter == H5Z_FILTER_SHUFFLE || filter == H5Z_FILTER_DEFLATE ||
         filter == H5Z_FILTER_FLETCHER32;
}

void require_whole_chunks(hid_t array, const std::string& file) {
  const PropertyHandle creation(check(H5Dget_create_plist(array), file, "read a layout"));
  const auto filters = filters_of(creation.get(), file);
  if (!std::ranges::all_of(filters, is_known_filter)) {
    return;  // whoever asks for the array is refused
  }
  const SpaceHandle space(check(H5Dget_space(array), file, "read extents"));
  const TypeHandle type(check(H5Dget_type(array), file, "read a type"));
  std::array<hsize_t, H5S_MAX_RANK> extent{};
  std::array<hsize_t, H5S_MAX_RANK> chunk{};
  std::array<hsize_t, H5S_MAX_RANK> place{};
  const auto rank = to<std::size_t>(
      check(H5Sget_simple_extent_dims(space.get(), extent.data(), nullptr), file, "read extents"));
  require(to<std::size_t>(check(H5Pget_chunk(creation.get(), H5S_MAX_RANK, chunk.data()), file,
                                "read the chunks")) == rank,
          "{}: damaged: chunks of another rank", file);
  std::uintmax_t expected = H5Tget_size(type.get());
  for (std::size_t i = 0; i < rank; ++i) {
    require(chunk[i] > 0, "{}: damaged: empty chunks", file);
    expected *= chunk[i];
  }
  if (expected > kMostChunkBytes) {
    return;  // refused too
  }
  Bytes bytes;
  for (std::size_t axis = 0; axis < rank;) {
    // Not H5Dget_chunk_info_by_coord, which walks the whole index for each chunk.
    hsize_t size = 0;
    if (H5Dget_chunk_storage_size(array, place.data(), &size) <
        0) {  // so says 1.10 of an absent one
      H5Eclear2(H5E_DEFAULT);
      size = 0;
    }
    if (size > 0) {
      require(size <= expected + expected / 8 + 4096,
              "{}: damaged: a chunk of {} bytes, expected {} at most", file, size, expected);
      bytes.resize(size);
      std::uint32_t skipped = 0;
      if (H5Dread_chunk(array, H5P_DEFAULT, place.data(), &skipped, bytes.data()) < 0) {
        H5Eclear2(H5E_DEFAULT);
      } else if (const auto unpacked = unpacked_size(bytes, filters, skipped, expected)) {
        require(*unpacked == expected, "{}: damaged: a chunk unpacks to {} bytes, expected {}",
                file, *unpacked, expected);
      }
    }
    for (axis = 0; axis < rank; ++axis) {  // the next place, the first axis fastest
      place[axis] += chunk[axis];
      if (place[axis] < extent[axis]) {
        break;
      }
      place[axis] = 0;
    }
  }
}

}  // namespace cance::hdf5
