// Small JPEG and PNG files made in memory by the libraries themselves, and BMP files.
#pragma once

#include <png.h>
#include <turbojpeg.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace cance::tests {

using Bytes = std::vector<std::uint8_t>;
inline constexpr int kPictureWidth = 37;
inline constexpr int kPictureHeight = 26;

/// A pattern with edges and ramps, [height, width, channels].
inline Bytes picture_pixels(int channels, int width = kPictureWidth, int height = kPictureHeight) {
  Bytes pixels;
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      for (int c = 0; c < channels; ++c) {
        pixels.push_back(static_cast<std::uint8_t>(5 * x + 3 * y * (c + 1) + (x * y % 7) * 20));
      }
    }
  }
  return pixels;
}

/// TurboJPEG's file of picture_pixels; `format` is TJPF_GRAY, TJPF_RGB or TJPF_CMYK by channels.
inline Bytes jpeg(int channels, bool progressive) {
  const int format = channels == 1 ? TJPF_GRAY : channels == 3 ? TJPF_RGB : TJPF_CMYK;
  const int sampling = channels == 1 ? TJSAMP_GRAY : TJSAMP_420;
  const Bytes pixels = picture_pixels(channels);
  unsigned char* data = nullptr;
  unsigned long size = 0;
  const tjhandle handle = tjInitCompress();
  const int failed = tjCompress2(handle, pixels.data(), kPictureWidth, 0, kPictureHeight, format,
                                 &data, &size, sampling, 90, progressive ? TJFLAG_PROGRESSIVE : 0);
  Bytes bytes(data, data + size);
  tjFree(data);
  tjDestroy(handle);
  if (failed != 0) {
    throw std::runtime_error("TurboJPEG made no file");
  }
  return bytes;
}

inline void append(png_structp png, png_bytep data, std::size_t size) {
  auto* bytes = static_cast<Bytes*>(png_get_io_ptr(png));
  bytes->insert(bytes->end(), data, data + size);
}

/// libpng's file of samples in the file's order of bytes, 8 or 16 bits each; 1 to 4 channels (2 and
/// 4: with alpha).
inline Bytes png_of(Bytes samples, int channels, int depth, bool interlaced, int width,
                    int height) {
  static constexpr int kTypes[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA,
                                   PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  Bytes bytes;
  std::vector<png_bytep> rows;
  for (int y = 0; y < height; ++y) {
    rows.push_back(samples.data() +
                   samples.size() / static_cast<std::size_t>(height) * static_cast<std::size_t>(y));
  }
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(png, &bytes, append, nullptr);
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), depth,
               kTypes[channels - 1], interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  return bytes;
}

/// The same of picture_pixels.
inline Bytes png(int channels, int depth, bool interlaced, int width = kPictureWidth,
                 int height = kPictureHeight) {
  Bytes samples;
  for (const std::uint8_t value : picture_pixels(channels, width, height)) {
    samples.insert(samples.end(), static_cast<std::size_t>(depth / 8), value);
  }
  return png_of(samples, channels, depth, interlaced, width, height);
}

/// A grey PNG of 16 bits: `width` samples a row.
inline Bytes deep_png(const std::vector<std::uint16_t>& samples, int width) {
  Bytes bytes;
  for (const std::uint16_t sample : samples) {
    bytes.push_back(static_cast<std::uint8_t>(sample >> 8U));
    bytes.push_back(static_cast<std::uint8_t>(sample & 255U));
  }
  return png_of(bytes, 1, 16, false, width, static_cast<int>(samples.size()) / width);
}

/// A BMP of `bits` a pixel with these bytes for palette and rows, each padded to 4 bytes.
inline Bytes bmp(int width, int height, int bits, const Bytes& palette, const Bytes& rows) {
  Bytes bytes = {'B', 'M'};
  const auto add = [&bytes](std::uint32_t value, int count) {
    for (int i = 0; i < count; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    }
  };
  const auto begin = static_cast<std::uint32_t>(54 + palette.size());
  add(begin + static_cast<std::uint32_t>(rows.size()), 4);
  add(0, 4);
  add(begin, 4);
  add(40, 4);
  add(static_cast<std::uint32_t>(width), 4);
  add(static_cast<std::uint32_t>(height), 4);
  add(1, 2);
  add(static_cast<std::uint32_t>(bits), 2);
  for (int i = 0; i < 4; ++i) {
    add(0, 4);  // compression, size, pixels a metre
  }
  add(static_cast<std::uint32_t>(palette.size() / 4), 4);
  add(0, 4);
  bytes.insert(bytes.end(), palette.begin(), palette.end());
  bytes.insert(bytes.end(), rows.begin(), rows.end());
  return bytes;
}

/// The PNG with the checksum of each chunk made right, as far as chunks can be followed.
inline Bytes with_checksums(Bytes png) {
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length = std::size_t{png[at]} << 24U | std::size_t{png[at + 1]} << 16U |
                               std::size_t{png[at + 2]} << 8U | png[at + 3];
    if (length > png.size() - at - 12) {
      break;
    }
    const auto sum = crc32(0, png.data() + at + 4, static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i) {
      png[at + 8 + length + i] = static_cast<std::uint8_t>(sum >> (24 - 8 * i));
    }
    at += 12 + length;
  }
  return png;
}

}  // namespace cance::tests
