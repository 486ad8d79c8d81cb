// JPEG by TurboJPEG.
#include <turbojpeg.h>

#include <memory>
#include <vector>

#include "base/cast.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

// A block of 8 x 8 pixels takes a bit or more.
constexpr std::size_t kJpegPixelsPerByte = 8 * 64;

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

Handle start(const Source& source) {
  Handle handle(tjInitDecompress());
  require(handle != nullptr, "{}: TurboJPEG does not start: {}", source.where,
          tjGetErrorStr2(nullptr));
  return handle;
}

/// `cmyk`: whether four inks are stored, which Adobe's programs write inverted.
Form read_header(const Handle& handle, const Source& source, bool& cmyk) {
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  const int status = tjDecompressHeader3(handle.get(), source.bytes.data(), source.bytes.size(),
                                         &width, &height, &subsampling, &colours);
  require(status == 0 || !fatal(handle), "{}: damaged JPEG: {}", source.where, reason(handle));
  cmyk = colours == TJCS_CMYK || colours == TJCS_YCCK;
  const Form form{colours == TJCS_GRAY ? std::size_t{1} : std::size_t{3}, to<std::size_t>(height),
                  to<std::size_t>(width)};
  return checked(form, source, kJpegPixelsPerByte);
}

/// a b / 255, rounded, as Pillow has it.
std::uint8_t times(unsigned a, unsigned b) {
  const unsigned product = a * b + 128;
  return static_cast<std::uint8_t>(((product >> 8U) + product) >> 8U);
}

}  // namespace

Form jpeg_form(const Source& source) {
  bool cmyk = false;
  return read_header(start(source), source, cmyk);
}

Image decode_jpeg(const Source& source) {
  const Handle handle = start(source);
  bool cmyk = false;
  Image image = allocate(read_header(handle, source, cmyk));
  std::vector<std::uint8_t> inks(cmyk ? 4 * image.width * image.height : 0);
  const int status = tjDecompress2(handle.get(), source.bytes.data(), source.bytes.size(),
                                   cmyk ? inks.data() : image.pixels.data(), to<int>(image.width),
                                   /*pitch=*/0, to<int>(image.height),
                                   cmyk                  ? TJPF_CMYK
                                   : image.channels == 1 ? TJPF_GRAY
                                                         : TJPF_RGB,
                                   TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
  require(status == 0 || !fatal(handle), "{}: damaged JPEG: {}", source.where, reason(handle));
  for (std::size_t i = 0; i < inks.size() / 4; ++i) {  // inverted: 255 is no ink
    for (std::size_t c = 0; c < 3; ++c) {
      image.pixels[3 * i + c] = times(inks[4 * i + c], inks[4 * i + 3]);
    }
  }
  return image;
}

}  // namespace cance::image
