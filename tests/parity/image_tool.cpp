// The image layer for image_parity.py: reads commands, one a line, writes raw pixels.
//   decode IN OUT | resize IN OUT HEIGHT WIDTH | crop IN OUT SHORTER CROP | time IN COUNT SHORTER
//   CROP
// OUT begins with a line "channels height width"; `time` prints images a second.
#include <fmt/format.h>

#include <chrono>
#include <iostream>
#include <sstream>

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "image/decode.hpp"
#include "image/resize.hpp"

namespace {

using cance::image::Image;

Image load(const std::string& path) {
  const std::string text = cance::read_text_file(path);
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  return cance::image::decode(bytes, path);
}

void save(const std::string& path, const Image& image) {
  std::string text = fmt::format("{} {} {}\n", image.channels, image.height, image.width);
  text.append(image.pixels.begin(), image.pixels.end());
  cance::write_text_file(path, text);
}

double images_a_second(const Image& image, std::size_t count, std::size_t shorter,
                       std::size_t crop) {
  const auto start = std::chrono::steady_clock::now();
  std::size_t sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += cance::image::resize_and_crop(image, shorter, crop).pixels.size();
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  cance::require(sum == count * image.channels * crop * crop, "pixels are missing");
  return static_cast<double>(count) / taken.count();
}

void run(const std::string& line) {
  std::istringstream words(line);
  std::string command;
  std::string in;
  std::string out;
  std::size_t first = 0;
  std::size_t second = 0;
  words >> command >> in >> out >> first >> second;
  const Image image = load(in);
  if (command == "time") {
    fmt::print("{:.0f}\n", images_a_second(image, std::stoul(out), first, second));
  } else if (command == "resize") {
    save(out, cance::image::resize(image, first, second));
  } else {
    save(out, command == "crop" ? cance::image::resize_and_crop(image, first, second) : image);
  }
}

}  // namespace

int main() {
  try {
    for (std::string line; std::getline(std::cin, line);) {
      run(line);
    }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
