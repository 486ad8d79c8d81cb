// PNG by libpng.
#include <png.h>

#include <algorithm>
#include <csetjmp>

#include "base/error.hpp"
#include "image/formats.hpp"

namespace cance::image {
namespace {

// Deflate packs at most 1032 bytes in one; a bit is a pixel.
constexpr std::size_t kPngPixelsPerByte = 1032 * 8;

/// libpng's reader of one file in memory. Its errors are long jumps, so nothing with a destructor
/// lives in the functions that call setjmp.
struct Reader {
  std::span<const std::uint8_t> rest;
  png_structp png = nullptr;
  png_infop info = nullptr;
  std::string error;

  explicit Reader(std::span<const std::uint8_t> bytes) : rest(bytes) {
    png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info = png == nullptr ? nullptr : png_create_info_struct(png);
    require(info != nullptr, "libpng does not start: out of memory or of another version");
    png_set_read_fn(png, this, read);
  }
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  [[noreturn]] static void on_error(png_structp png, png_const_charp message) {
    static_cast<Reader*>(png_get_error_ptr(png))->error = message;
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp, png_const_charp) {}
  static void read(png_structp png, png_bytep out, std::size_t count) {
    auto& rest = static_cast<Reader*>(png_get_io_ptr(png))->rest;
    if (count > rest.size()) {
      png_error(png, "the file ends too soon");
    }
    std::copy_n(rest.begin(), count, out);
    rest = rest.subspan(count);
  }
};

/// Reads the header and asks for 8-bit grey or RGB; false after an error.
bool read_header(Reader& reader) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) {
    return false;
  }
  png_set_crc_action(reader.png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
  png_set_keep_unknown_chunks(reader.png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  png_read_info(reader.png, reader.info);
  const int type = png_get_color_type(reader.png, reader.info);
  if (type == PNG_COLOR_TYPE_PALETTE) {
    png_set_palette_to_rgb(reader.png);
  } else if (type == PNG_COLOR_TYPE_GRAY) {
    png_set_expand_gray_1_2_4_to_8(reader.png);
  }
  png_set_strip_16(reader.png);
  png_set_strip_alpha(reader.png);
  return true;
}

/// All rows, also of interlaced files; false after an error.
bool read_rows(Reader& reader, Image& image) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) {
    return false;
  }
  const int passes = png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  const std::size_t row = image.width * image.channels;
  if (png_get_rowbytes(reader.png, reader.info) != row) {
    png_error(reader.png, "rows of an unexpected length");
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t y = 0; y < image.height; ++y) {
      png_read_row(reader.png, image.pixels.data() + y * row, nullptr);
    }
  }
  return true;
}

Form form_of(Reader& reader, const Source& source) {
  require(read_header(reader), "{}: damaged PNG: {}", source.where, reader.error);
  const bool colour = (png_get_color_type(reader.png, reader.info) & PNG_COLOR_MASK_COLOR) != 0;
  return checked(
      {colour ? std::size_t{3} : std::size_t{1}, png_get_image_height(reader.png, reader.info),
       png_get_image_width(reader.png, reader.info)},
      source, kPngPixelsPerByte);
}

}  // namespace

Form png_form(const Source& source) {
  Reader reader(source.bytes);
  return form_of(reader, source);
}

Image decode_png(const Source& source) {
  Reader reader(source.bytes);
  Image image = allocate(form_of(reader, source));
  require(read_rows(reader, image), "{}: damaged PNG: {}", source.where, reader.error);
  return image;
}

}  // namespace cance::image
