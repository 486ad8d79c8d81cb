#include "report/published.hpp"

#include <array>
#include <limits>
#include <tuple>

namespace cance::report {

namespace {

using Place = std::pair<std::string, std::string>;  ///< data set and protocol
using Classes = std::array<double, 10>;

constexpr const char* kLsa = "published: Abati et al. 2019, Table 1";
constexpr const char* kSvdd = "published: Ruff et al. 2018";
constexpr const char* kDrocc = "published: Goyal et al. 2020, Table 1";
constexpr const char* kDroccTables = "published: Goyal et al. 2020, Table 2";
/// DROCC's released code keeps the epoch that is best on the test set.
constexpr const char* kDroccMethod = "DROCC by its best test epoch";
constexpr const char* kDagmm = "published: Zong et al. 2018";
constexpr const char* kGoad = "published: Bergman and Hoshen 2020";
constexpr const char* kPixels = "measured: distance to the nearest training image, raw pixels";
constexpr const char* kPackages =
    "measured: package defaults on the same files, 5 seeds (PyOD 3.6.7, scikit-learn 1.9.1)";

/// All numbers by data set and protocol.
class Collection {
 public:
  Collection() {
    add_mnist();
    add_cifar10();
    add_fashion();
    add_nine_against_one();
    add_features();
    add_tables();
    add_kddcup99();
  }

  [[nodiscard]] std::vector<Published> of(const Place& place) const {
    const auto found = results_.find(place);
    return found == results_.end() ? std::vector<Published>{} : found->second;
  }

 private:
  void add(const Place& place, Published result) { results_[place].push_back(std::move(result)); }

  void average(const Place& place, const std::string& method, double value, const char* source) {
    add(place, {method, "auroc", {{kAverage, value}}, source});
  }

  /// AUROC of classes 0 to 9 in % and their mean as a share.
  void by_class(const Place& place, const std::string& method, const Classes& percent, double mean,
                const char* source) {
    Published result{method, "auroc", {{kAverage, mean}}, source};
    for (std::size_t k = 0; k < percent.size(); ++k) {
      result.values["class" + std::to_string(k)] = percent[k] / 100;
    }
    add(place, std::move(result));
  }

  void table(const Place& place, const std::string& method, const std::string& metric, double value,
             const char* source) {
    add(place, {method, metric, {{"all", value}}, source});
  }

  void add_mnist() {
    const Place place{"mnist", "unimodal"};
    by_class(place, "LSA", {99.3, 99.9, 95.9, 96.6, 95.6, 96.4, 99.4, 98.0, 95.3, 98.1}, .975,
             kLsa);
    by_class(place, "VAE", {99.8, 99.9, 96.2, 94.7, 96.5, 96.3, 99.5, 97.4, 90.5, 97.8}, .969,
             kLsa);
    by_class(place, "Deep SVDD", {98.0, 99.7, 91.7, 91.9, 94.9, 88.5, 98.3, 94.6, 93.9, 96.5}, .948,
             kSvdd);
    for (const auto& [method, value] : {std::pair{"OC-SVM", .951},
                                        {"KDE", .814},
                                        {"DAE", .942},
                                        {"PixCNN", .618},
                                        {"GAN", .866}}) {
      average(place, method, value, kLsa);
    }
    average(place, "KDE without whitening", .869, kSvdd);
    average(place, "OCGAN", .975, "published: Perera et al. 2019");
    average(place, "1-NN (raw pixels)", .954, kPixels);
  }

  void add_cifar10() {
    const Place place{"cifar10", "unimodal"};
    by_class(place, "Deep SVDD", {61.7, 65.9, 50.8, 59.1, 60.9, 65.7, 67.7, 67.3, 75.9, 73.1}, .648,
             kDrocc);
    by_class(place, "1-NN", {69.0, 44.2, 68.3, 51.3, 76.7, 50.0, 72.4, 51.1, 69.1, 43.3}, .595,
             kDrocc);
    by_class(place, kDroccMethod, {81.7, 76.7, 66.7, 67.1, 73.6, 74.4, 74.4, 71.4, 80.0, 76.2},
             .742, kDrocc);
    for (const auto& [method, value] : {std::pair{"OC-SVM", .586},
                                        {"KDE", .610},
                                        {"DAE", .590},
                                        {"VAE", .586},
                                        {"PixCNN", .551},
                                        {"GAN", .592},
                                        {"LSA", .641}}) {
      average(place, method, value, kLsa);
    }
    average(place, "1-NN (raw pixels)", .606, kPixels);
  }

  void add_fashion() {
    const Place place{"fashion-mnist", "unimodal"};
    average(place, "Deep SVDD", .892, "published: Ruff et al. 2020 (Deep SAD)");
    average(place, "GOAD", .941, kGoad);
    average(place, "1-NN (raw pixels)", .923, kPixels);
  }

  void add_nine_against_one() {
    average({"mnist", "multimodal"}, "1-NN (raw pixels)", .853, kPixels);
    average({"fashion-mnist", "multimodal"}, "1-NN (raw pixels)", .741, kPixels);
    average({"cifar10", "multimodal"}, "1-NN (raw pixels)", .535, kPixels);
  }

  void add_features() {
    const Place place{"cifar10-resnet18", "unimodal"};
    average(place, "1-NN (other network)", .819, "published: Bergmann et al. 2020");
    average(place, "l2-AE (other network)", .790, "published: Bergmann et al. 2020");
    average(place, "PANDA (deeper network, adapted)", .962, "published: Reiss et al. 2021");
    average(place, "MSAD (deeper network, adapted)", .986, "published: Reiss and Hoshen 2023");
    struct Row {
      const char* method;
      double class0, class4, class6;
    };
    for (const auto& [method, class0, class4, class6] :
         {Row{"2-NN", .767, .794, .773}, Row{"5-NN mean distance", .760, .797, .763},
          Row{"PCA to 256 + Mahalanobis", .757, .796, .765}, Row{"LOF", .735, .771, .753},
          Row{"IForest", .715, .757, .682}, Row{"Deep SVDD", .676, .739, .703}}) {
      table({"adbench-cifar10-0", "goad"}, method, "auroc", class0, kPackages);
      table({"adbench-cifar10-4", "goad"}, method, "auroc", class4, kPackages);
      table({"adbench-cifar10-6", "goad"}, method, "auroc", class6, kPackages);
    }
  }

  /// F1 and AUROC of Arrhythmia, Thyroid and Abalone under one rule.
  void three_tables(const std::string& rule, const std::string& method,
                    const std::array<double, 3>& f1, const std::array<double, 3>& auroc) {
    constexpr std::array<const char*, 3> kSets{"arrhythmia", "thyroid", "abalone"};
    for (std::size_t i = 0; i < kSets.size(); ++i) {
      table({kSets[i], rule}, method, "f1", f1[i], kPackages);
      table({kSets[i], rule}, method, "auroc", auroc[i], kPackages);
    }
  }

  void add_tables() {
    three_tables("goad", "random scores", {.258, .041, .041}, {.519, .494, .485});
    three_tables("goad", "5-NN mean distance", {.573, .738, .593}, {.809, .985, .952});
    three_tables("goad", "Mahalanobis", {.564, .686, .517}, {.802, .975, .947});
    three_tables("goad", "PyOD IForest", {.606, .787, .531}, {.825, .988, .912});
    three_tables("goad", "PyOD KNN", {.570, .740, .607}, {.809, .986, .953});
    three_tables("goad", "PyOD DIF", {.594, .755, .628}, {.811, .982, .924});
    three_tables("goad", "PyOD AutoEncoder", {.524, .733, .531}, {.774, .980, .937});
    three_tables("goad", "PyOD DeepSVDD", {.542, .649, .159}, {.789, .909, .824});
    three_tables("dagmm", "random scores", {.117, .035, .000}, {.485, .536, .502});
    three_tables("dagmm", "5-NN mean distance", {.484, .664, .511}, {.812, .987, .946});
    three_tables("dagmm", "Mahalanobis", {.495, .589, .334}, {.824, .978, .940});
    three_tables("dagmm", "PyOD IForest", {.533, .716, .443}, {.837, .989, .901});
    three_tables("dagmm", "PyOD KNN", {.478, .672, .483}, {.811, .988, .945});
    three_tables("dagmm", "PyOD DIF", {.441, .712, .587}, {.806, .986, .905});
    three_tables("dagmm", "PyOD AutoEncoder", {.356, .651, .317}, {.769, .983, .932});
    three_tables("dagmm", "PyOD DeepSVDD", {.458, .608, .165}, {.803, .918, .836});
    table({"arrhythmia", "goad"}, "GOAD", "f1", .52, kGoad);
    table({"thyroid", "goad"}, "GOAD", "f1", .745, kGoad);
    struct Row {
      const char* method;
      double arrhythmia, thyroid, abalone;
    };
    for (const auto& [method, arrhythmia, thyroid, abalone] :
         {Row{kDroccMethod, .69, .78, .68}, Row{"Deep SVDD", .54, .73, .62},
          Row{"GOAD", .51, .72, .61}, Row{"LOF", .51, .54, .33}}) {
      table({"arrhythmia", "drocc"}, method, "f1", arrhythmia, kDroccTables);
      table({"thyroid", "drocc"}, method, "f1", thyroid, kDroccTables);
      table({"abalone", "drocc"}, method, "f1", abalone, kDroccTables);
    }
  }

  void add_kddcup99() {
    const Place goad{"kddcup99", "goad"};
    const Place dagmm{"kddcup99", "dagmm"};
    table(goad, "GOAD", "f1", .984, kGoad);
    table(dagmm, "DAGMM", "f1", .9369, kDagmm);
    table(dagmm, "DAGMM", "precision", .9297, kDagmm);
    table(dagmm, "DAGMM", "recall", .9442, kDagmm);
    table(dagmm, "OC-SVM", "f1", .795, kDagmm);
    for (const auto& [method, by_goad, by_dagmm] : {std::tuple{"5-NN to 5,000 rows", .984, .974},
                                                    {"Mahalanobis", .967, .945},
                                                    {"IForest", .956, .921},
                                                    {"AutoEncoder (20,000 rows)", .953, .909},
                                                    {"Deep SVDD", .841, .839}}) {
      table(goad, method, "f1", by_goad, kPackages);
      table(dagmm, method, "f1", by_dagmm, kPackages);
    }
  }

  std::map<Place, std::vector<Published>> results_;
};

std::string known_name(const std::string& dataset) {
  if (!dataset.starts_with("cifar10")) {
    return dataset;
  }
  return dataset.find("resnet18") == std::string::npos ? "cifar10" : "cifar10-resnet18";
}

}  // namespace

double Published::value(const std::string& case_name) const {
  const auto found = values.find(case_name);
  return found == values.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

std::vector<Published> published_results(const std::string& dataset, const std::string& protocol) {
  static const Collection collection;
  return collection.of({known_name(dataset), protocol});
}

}  // namespace cance::report
