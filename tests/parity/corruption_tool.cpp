// Corruptions for corruption_parity.py: reads images [n, 28, 28] as bytes from the first file,
// writes [15, n, 28, 28] to the second.
#include <fmt/format.h>

#include <iostream>

#include "base/atomic_file.hpp"
#include "base/cast.hpp"
#include "data_prep/drawn/corruptions.hpp"

int main(int argc, char** argv) {
  using namespace cance;
  try {
    require(argc == 3, "usage: corruption_tool IN OUT");
    const std::string text = read_text_file(argv[1]);
    const std::vector<std::uint8_t> images(text.begin(), text.end());
    std::string out;
    for (std::size_t kind = 0; kind < prep::corruptions().size(); ++kind) {
      for (std::size_t first = 0; first < images.size(); first += prep::kMnistPixels) {
        const auto image = prep::corrupt(std::span(images).subspan(first, prep::kMnistPixels), kind,
                                         0, to<std::uint32_t>(first / prep::kMnistPixels));
        out.append(image.begin(), image.end());
      }
    }
    write_text_file(argv[2], out);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
