// The rows of the catalogue. Hashes without a file at hand are those that scikit-learn (full
// KDDCUP99) and TensorFlow Datasets (CIFAR-10) check.
#include "data_prep/catalogue.hpp"

namespace cance::prep {
namespace {

const std::vector<std::string> kNormalAnomalous{"normal", "anomalous"};

PublicSet mnist() {
  return {.name = "mnist",
          .about = "handwritten digits, 28 x 28",
          .address = "https://ossci-datasets.s3.amazonaws.com/mnist/",
          .licence = "CC BY-SA 3.0 (Y. LeCun, C. Cortes)",
          .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"},
          .files = {{"train-images-idx3-ubyte.gz",
                     "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                     "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", 9912422},
                    {"train-labels-idx1-ubyte.gz",
                     "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                     "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", 28881},
                    {"t10k-images-idx3-ubyte.gz",
                     "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                     "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", 1648877},
                    {"t10k-labels-idx1-ubyte.gz",
                     "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                     "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", 4542}}};
}

PublicSet fashion_mnist() {
  return {.name = "fashion-mnist",
          .about = "pieces of clothing, 28 x 28",
          .address = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
          .licence = "MIT (Zalando SE)",
          .class_names = {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt",
                          "sneaker", "bag", "ankle boot"},
          .files = {{"train-images-idx3-ubyte.gz",
                     "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                     "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888", 26421880},
                    {"train-labels-idx1-ubyte.gz",
                     "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                     "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", 29515},
                    {"t10k-images-idx3-ubyte.gz",
                     "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                     "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b", 4422102},
                    {"t10k-labels-idx1-ubyte.gz",
                     "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
                     "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", 5148}}};
}

PublicSet cifar10() {
  return {.name = "cifar10",
          .about =
              "photographs of ten kinds, 32 x 32 in colour; without test_batch.bin batch 5 "
              "becomes the test part of cifar10-heldout",
          .address = "https://www.cs.toronto.edu/~kriz/",
          .licence =
              "none stated; cite A. Krizhevsky, Learning Multiple Layers of Features from "
              "Tiny Images, 2009",
          .class_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse",
                          "ship", "truck"},
          .files = {{"cifar-10-binary.tar.gz",
                     "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", "",
                     170052171}},
          .members = {
              {"data_batch_1.bin",
               "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5", "", 30730000},
              {"data_batch_2.bin",
               "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed", "", 30730000},
              {"data_batch_3.bin",
               "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67", "", 30730000},
              {"data_batch_4.bin",
               "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48", "", 30730000},
              {"data_batch_5.bin",
               "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add", "", 30730000},
              {"test_batch.bin", "", "", 30730000}}};
}

PublicSet kddcup99() {
  return {.name = "kddcup99",
          .about = "network connections; attacks are the normal class, as they are the most",
          .address = "http://kdd.ics.uci.edu/databases/kddcup99/",
          .licence = "none stated (UCI KDD Archive; S. Stolfo et al. 1999)",
          .class_names = kNormalAnomalous,
          .files = {{"kddcup.data_10_percent.gz",
                     "8045aca0d84e70e622d1148d7df782496f6333bf6eb979a1b0837c42a9fd9561",
                     "f8c8267ebcd9c0ed1fd7d6277fe5bfff8732e9b7db8e61b873542b2a534b6f9a", 2144903},
                    {"kddcup.data.gz",
                     "3b6c942aa0356c0ca35b7b595a26c89d343652c9db428893e7494f837b274292", "", 0}}};
}

PublicSet abalone() {
  return {
      .name = "abalone",
      .about = "shellfish; rings 8, 9, 10 normal, 3 and 21 anomalous, others left out",
      .address = "https://archive.ics.uci.edu/ml/machine-learning-databases/abalone/",
      .licence = "CC BY 4.0 (UCI; W. Nash et al. 1994)",
      .class_names = kNormalAnomalous,
      .files = {{"abalone.data", "de37cdcdcaaa50c309d514f248f7c2302a5f1f88c168905eba23fe2fbc78449f",
                 "", 191873}}};
}

PublicSet thyroid() {
  return {
      .name = "thyroid",
      .about = "thyroid tests, 3,772 rows",
      .address = "https://odds.cs.stonybrook.edu/thyroid-disease-dataset/",
      .licence = "CC BY 4.0 (UCI; R. Quinlan 1987), in the form of ODDS (S. Rayana 2016)",
      .class_names = kNormalAnomalous,
      .files = {{"thyroid.mat", "49155d7861b977e90808faf68343ff67a67f63090c2744d514dbb67ac68e7e33",
                 "", 39704, "https://www.dropbox.com/s/bih0e15a0fukftb/thyroid.mat?dl=1"}}};
}

PublicSet arrhythmia() {
  return {
      .name = "arrhythmia",
      .about = "heart tests, 452 rows",
      .address = "https://odds.cs.stonybrook.edu/arrhythmia-dataset/",
      .licence = "CC BY 4.0 (UCI; H. Guvenir et al. 1997), in the form of ODDS (S. Rayana 2016)",
      .class_names = kNormalAnomalous,
      .files = {{"arrhythmia.mat",
                 "e4d47e499591ae31e5d7f0cd983367092353eac240f48e14c9b36457edb3460d", "", 105540,
                 "https://www.dropbox.com/s/lmlwuspn1sey48r/arrhythmia.mat?dl=1"}}};
}

PublicSet adbench() {
  return {
      .name = "adbench",
      .about = "any .npz of ADBench with X and y; the set is named after the file",
      .address = "https://github.com/Minqi824/ADBench/raw/main/adbench/datasets/CV_by_ResNet18/",
      .licence = "BSD-2-Clause (ADBench; S. Han et al. 2022); each set has its own source",
      .class_names = kNormalAnomalous,
      .files = {{"CIFAR10_0.npz",
                 "f0e89be5576c37e5c2f7393f7a478d8ec0cc348559fc177c273ff076ef10db00", "", 4113896},
                {"CIFAR10_4.npz",
                 "13fe6ac27684cadd0b223a48dcb532474e4eb69592b159d21d8f6d195ec48512", "", 4007971},
                {"CIFAR10_6.npz",
                 "f38334eec73be985612685b3efb99c58faaba7b154ecb5ed9b809acdc4cae9c9", "", 4192576}}};
}

}  // namespace

std::span<const PublicSet> catalogue() {
  static const std::vector<PublicSet> sets{mnist(),   fashion_mnist(), cifar10(),    kddcup99(),
                                           abalone(), thyroid(),       arrhythmia(), adbench()};
  return sets;
}

}  // namespace cance::prep
