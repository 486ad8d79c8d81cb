#include "data_prep/catalogue.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"

namespace cance::prep {
namespace {

PublicSet mnist() {
  return {.name = "mnist",
          .address = "https://ossci-datasets.s3.amazonaws.com/mnist/",
          .licence = "CC BY-SA 3.0 (Y. LeCun, C. Cortes)",
          .image = {1, 28, 28},
          .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
          .train_images = {"train-images-idx3-ubyte",
                           "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                           "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"},
          .train_labels = {"train-labels-idx1-ubyte",
                           "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                           "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"},
          .test_images = {"t10k-images-idx3-ubyte",
                          "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                          "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"},
          .test_labels = {"t10k-labels-idx1-ubyte",
                          "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                          "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"}};
}

PublicSet fashion_mnist() {
  return {.name = "fashion-mnist",
          .address = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          .licence = "MIT (Zalando SE)",
          .image = {1, 28, 28},
          .class_names = {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt",
                          "sneaker", "bag", "ankle boot"},
          .train_images = {"train-images-idx3-ubyte",
                           "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                           "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
          .train_labels = {"train-labels-idx1-ubyte",
                           "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                           "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
          .test_images = {"t10k-images-idx3-ubyte",
                          "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                          "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
          .test_labels = {"t10k-labels-idx1-ubyte",
                          "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                          "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}};
}

}  // namespace

std::span<const PublicSet> catalogue() {
  static const std::vector<PublicSet> sets{mnist(), fashion_mnist()};
  return sets;
}

const PublicSet& public_set(const std::string& name, const std::vector<std::string>& also) {
  std::vector<std::string> names = also;
  for (const PublicSet& set : catalogue()) {
    if (set.name == name) {
      return set;
    }
    names.push_back(set.name);
  }
  fail("unknown data set '{}'{} (known: {})", name, did_you_mean(name, names), join(names, ", "));
}

CheckedSource check_source(const PublicFile& expected, const std::filesystem::path& path) {
  const std::string found = sha256_file(path);
  const bool known = found == expected.gz_sha256 || found == expected.raw_sha256;
  if (!known) {
    const bool packed = path.extension() == ".gz";
    log::warn("{}: not the published file: SHA-256 {}, the catalogue has {}", path.string(), found,
              packed ? expected.gz_sha256 : expected.raw_sha256);
  }
  return {{path.filename().string(), found}, known};
}

}  // namespace cance::prep
