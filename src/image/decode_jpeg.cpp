// JPEG by TurboJPEG.
#include <turbojpeg.h>

#include <memory>
#include <string_view>
#include <type_traits>

#include "base/cast.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

// A block of 8 x 8 pixels takes a bit or more.
constexpr std::size_t kPixelsPerByte = 8 * 64;

struct Destroy {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<void, Destroy>;

std::string reason(const Handle& handle) { return tjGetErrorStr2(handle.get()); }

// Cameras write stray bytes between segments, which is harmless; missing data is not.
bool fatal(const Handle& handle) {
  return tjGetErrorCode(handle.get()) != TJERR_WARNING ||
         reason(handle).find("remature end") != std::string::npos;
}

}  // namespace

Image decode_jpeg(std::span<const std::uint8_t> bytes, const std::string& where,
                  std::size_t most_pixels) {
  const Handle handle(tjInitDecompress());
  require(handle != nullptr, "{}: TurboJPEG does not start: {}", where, tjGetErrorStr2(nullptr));
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  const auto length = to<unsigned long>(bytes.size());
  require(tjDecompressHeader3(handle.get(), bytes.data(), length, &width, &height, &subsampling,
                              &colours) == 0 ||
              !fatal(handle),
          "{}: damaged JPEG: {}", where, reason(handle));
  require(colours != TJCS_CMYK && colours != TJCS_YCCK,
          "{}: a CMYK picture; convert it to RGB or grey first", where);
  const bool grey = colours == TJCS_GRAY;
  Image image = allocate(grey ? 1 : 3, to<std::size_t>(height), to<std::size_t>(width),
                         bytes.size(), kPixelsPerByte, most_pixels, where);
  require(tjDecompress2(handle.get(), bytes.data(), length, image.pixels.data(), width, 0, height,
                        grey ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) == 0 ||
              !fatal(handle),
          "{}: damaged JPEG: {}", where, reason(handle));
  return image;
}

}  // namespace cance::image
