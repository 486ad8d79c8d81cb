// JPEG by TurboJPEG.
#include <turbojpeg.h>

#include <memory>

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

Form read_header(const Handle& handle, const Source& source) {
  int width = 0;
  int height = 0;
  int subsampling = 0;
  int colours = 0;
  const int status = tjDecompressHeader3(handle.get(), source.bytes.data(), source.bytes.size(),
                                         &width, &height, &subsampling, &colours);
  require(status == 0 || !fatal(handle), "{}: damaged JPEG: {}", source.where, reason(handle));
  require(colours != TJCS_CMYK && colours != TJCS_YCCK,
          "{}: a CMYK picture; convert it to RGB or grey first", source.where);
  const Form form{colours == TJCS_GRAY ? std::size_t{1} : std::size_t{3}, to<std::size_t>(height),
                  to<std::size_t>(width)};
  return checked(form, source, kJpegPixelsPerByte);
}

}  // namespace

Form jpeg_form(const Source& source) { return read_header(start(source), source); }

Image decode_jpeg(const Source& source) {
  const Handle handle = start(source);
  Image image = allocate(read_header(handle, source));
  const int status = tjDecompress2(
      handle.get(), source.bytes.data(), source.bytes.size(), image.pixels.data(),
      to<int>(image.width), /*pitch=*/0, to<int>(image.height),
      image.channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS);
  require(status == 0 || !fatal(handle), "{}: damaged JPEG: {}", source.where, reason(handle));
  return image;
}

}  // namespace cance::image
