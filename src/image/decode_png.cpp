// PNG by libpng.
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <utility>
#include <vector>

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

/// Reads the header and asks for grey or RGB of 8 or 16 bits; false after an error.
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
  png_set_strip_alpha(reader.png);
  return true;
}

/// All rows of so many bytes, also of interlaced files; false after an error.
bool read_rows(Reader& reader, std::vector<std::uint8_t>& bytes, std::size_t row) {
  if (setjmp(png_jmpbuf(reader.png)) != 0) {
    return false;
  }
  const int passes = png_set_interlace_handling(reader.png);
  png_read_update_info(reader.png, reader.info);
  if (png_get_rowbytes(reader.png, reader.info) != row) {
    png_error(reader.png, "rows of an unexpected length");
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (std::size_t at = 0; at < bytes.size(); at += row) {
      png_read_row(reader.png, bytes.data() + at, nullptr);
    }
  }
  return true;
}

Form form_of(Reader& reader, const Source& source) {
  require(read_header(reader), "{}: damaged PNG: {}", source.where, reader.error);
  const bool colour = (png_get_color_type(reader.png, reader.info) & PNG_COLOR_MASK_COLOR) != 0;
  return checked(
      {colour ? std::size_t{3} : std::size_t{1}, png_get_image_height(reader.png, reader.info),
       png_get_image_width(reader.png, reader.info),
       png_get_bit_depth(reader.png, reader.info) == 16 ? std::size_t{16} : std::size_t{8}},
      source, kPngPixelsPerByte);
}

/// As the file has them, of one byte or two.
struct Samples {
  std::vector<std::uint8_t> bytes;
  [[nodiscard]] std::uint16_t deep(std::size_t i) const {
    return static_cast<std::uint16_t>(bytes[2 * i] << 8U | bytes[2 * i + 1]);
  }
};

Samples read_samples(const Source& source, Form& form) {
  Reader reader(source.bytes);
  form = form_of(reader, source);
  const std::size_t row = form.width * form.channels * form.bits / 8;
  Samples samples{std::vector<std::uint8_t>(form.height * row)};
  require(read_rows(reader, samples.bytes, row), "{}: damaged PNG: {}", source.where, reader.error);
  return samples;
}

}  // namespace

Form png_form(const Source& source) {
  Reader reader(source.bytes);
  return form_of(reader, source);
}

Image decode_png(const Source& source, const SampleRange& range) {
  Form form;
  Samples samples = read_samples(source, form);
  Image image{form.channels, form.height, form.width, {}};
  if (form.bits == 8) {
    image.pixels = std::move(samples.bytes);
    return image;
  }
  image.pixels.resize(samples.bytes.size() / 2);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    image.pixels[i] = level(samples.deep(i), range);
    image.cut += is_beyond(samples.deep(i), range) ? 1 : 0;
  }
  return image;
}

SampleRange png_range(const Source& source) {
  Form form;
  const Samples samples = read_samples(source, form);
  if (form.bits == 8) {
    return {};
  }
  SampleRange range{samples.deep(0), samples.deep(0)};
  for (std::size_t i = 0; i < samples.bytes.size() / 2; ++i) {
    range.low = std::min(range.low, samples.deep(i));
    range.high = std::max(range.high, samples.deep(i));
  }
  return range;
}

}  // namespace cance::image
