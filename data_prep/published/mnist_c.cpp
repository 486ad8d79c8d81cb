// MNIST-C, as published or generated.
#include <algorithm>
#include <functional>

#include "base/cast.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/drawn/corruptions.hpp"
#include "data_prep/published/sets.hpp"
#include "data_prep/readers/idx.hpp"
#include "data_prep/readers/npy.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;  // goes up when a generated image changes
constexpr std::uint64_t kSeed = 0;
constexpr const char* kIdentity = "identity";
constexpr const char* kPublished = "https://zenodo.org/records/3239543";
constexpr const char* kLicence = "CC BY 4.0 (N. Mu, J. Gilmer), of MNIST, CC BY-SA 3.0";
const Shape kMnistCImage = {1, kMnistSide, kMnistSide};

/// Images [n, 28, 28] one after another.
using Images = std::vector<std::uint8_t>;

/// Reads one block after another; index 0 of the test blocks is identity.
struct Blocks {
  std::function<Images()> train;
  std::function<Images(std::size_t)> test;
};

PrepSummary empty_summary(const std::string& name) {
  PrepSummary summary{.name = name,
                      .class_names = {kIdentity},
                      .row_shape = kMnistCImage,
                      .parts = {},
                      .sources = {}};
  for (const Corruption& corruption : corruptions()) {
    summary.class_names.push_back(corruption.name);
  }
  return summary;
}

/// An array [n, 28, 28, 1] or [n, 28, 28].
Images read_published(const fs::path& path) {
  NumberArray array = read_npy(path);
  auto* values = std::get_if<Images>(&array.values);
  const auto& shape = array.shape;
  require(values != nullptr && (shape.size() == 3 || (shape.size() == 4 && shape[3] == 1)) &&
              shape[0] > 0 && shape[1] == kMnistSide && shape[2] == kMnistSide,
          "{}: an array of {}, expected n x 28 x 28 x 1 bytes", path.string(), array.shape_text());
  return std::move(*values);
}

Blocks published_blocks(const fs::path& folder, PrepSummary& summary) {
  std::vector<std::string> files{fmt::format("{}/train_images.npy", kIdentity)};
  for (const std::string& name : summary.class_names) {
    files.push_back(name + "/test_images.npy");
  }
  std::vector<std::string> missing = files;
  std::erase_if(missing, [&](const std::string& file) { return fs::exists(folder / file); });
  require(missing.empty(), "{}: not found: {}; fetch mnist_c.zip from {}", folder.string(),
          join(missing, ", "), kPublished);
  for (const std::string& file : files) {
    summary.sources.push_back({{file, sha256_file(folder / file)}, false});
  }
  return {[=] { return read_published(folder / files[0]); },
          [=](std::size_t block) { return read_published(folder / files[block + 1]); }};
}

Images read_mnist(const fs::path& path) {
  IdxArray array = read_idx(path, 3);
  require(array.shape[1] == kMnistSide && array.shape[2] == kMnistSide,
          "{}: images of {} x {} pixels, expected 28 x 28", path.string(), array.shape[1],
          array.shape[2]);
  return std::move(array.values);
}

/// Made from MNIST's IDX files.
Blocks generated_blocks(const fs::path& folder, PrepSummary& summary) {
  const PublicSet& mnist = public_set("mnist");
  const auto find = [&](const PublicFile& file) {
    fs::path path = find_published(folder, file);
    require(!path.empty(),
            "{}: neither mnist_c/identity (published: {}) nor MNIST's {} (with or without .gz; "
            "published: {})",
            folder.string(), kPublished, file.name, mnist.address);
    summary.sources.push_back(check_source(mnist, path));
    return path;
  };
  const fs::path train = find(mnist.files.at(0));
  const Images test = read_mnist(find(mnist.files.at(2)));
  return {[=] { return read_mnist(train); },
          [=](std::size_t block) {
            Images images = test;
            for (std::size_t i = 0; block > 0 && i < images.size(); i += kMnistPixels) {
              const auto image = corrupt(std::span(test).subspan(i, kMnistPixels), block - 1, kSeed,
                                         to<std::uint32_t>(i / kMnistPixels));
              std::ranges::copy(image, images.begin() + signed_size(i));
            }
            return images;
          }};
}

/// The root attributes; what tells one generation from another stands among the sources.
store::DatasetInfo info_of(const PrepSummary& summary, bool generated) {
  store::DatasetInfo info = dataset_info(summary, kLicence);
  if (generated) {
    const std::string origin = fmt::format("corruptions by version {}, seed {}", kVersion, kSeed);
    info.sources.push_back({origin, sha256(origin)});
  }
  return info;
}

/// mnist_c itself or the folder that holds it; empty for neither.
fs::path published_folder(const fs::path& raw) {
  std::error_code error;
  for (const fs::path& folder : {raw, raw / "mnist_c"}) {
    if (fs::is_directory(folder / kIdentity, error)) {
      return folder;
    }
  }
  return {};
}

void append(store::DatasetWriter& writer, PartCounts& part, const Images& images,
            std::size_t block) {
  const std::vector<std::int32_t> labels(images.size() / kMnistPixels, to<std::int32_t>(block));
  writer.append_images(part.part, images, kMnistCImage, labels);
  add_labels(part, labels);
}

}  // namespace

PrepSummary prep_mnist_c(const fs::path& raw, const fs::path& out) {
  const fs::path published = published_folder(raw);
  PrepSummary summary = empty_summary(published.empty() ? "mnist-c-generated" : "mnist-c");
  const Blocks blocks =
      published.empty() ? generated_blocks(raw, summary) : published_blocks(published, summary);
  const std::size_t classes = summary.class_names.size();
  store::DatasetWriter writer(out, info_of(summary, published.empty()));
  summary.parts = {{"train", std::vector<std::size_t>(classes)},
                   {"test", std::vector<std::size_t>(classes)}};
  append(writer, summary.parts[0], blocks.train(), 0);
  for (std::size_t block = 0; block < classes; ++block) {
    const Images images = blocks.test(block);
    append(writer, summary.parts[1], images, block);
    const auto& rows = summary.parts[1].rows_by_class;
    require(rows[block] == rows[0], "{}: {} test images of {}, but {} of {}", raw.string(),
            rows[block], summary.class_names[block], rows[0], kIdentity);
  }
  writer.commit();
  return summary;
}

}  // namespace cance::prep
