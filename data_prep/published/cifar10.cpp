#include "data_prep/published/cifar10.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include "base/cast.hpp"
#include "base/log.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "data_prep/catalogue.hpp"
#include "data_prep/readers/byte_source.hpp"
#include "data_prep/readers/packed_file.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

const Shape kCifarImage{3, 32, 32};
constexpr std::size_t kPixels = 3 * 32 * 32;
constexpr std::size_t kRecordBytes = 1 + kPixels;
constexpr std::size_t kMostBatchBytes = 10000 * kRecordBytes;
constexpr std::size_t kTrainBatches = 5;

const std::array<std::string, kTrainBatches + 1> kBatches{"data_batch_1.bin", "data_batch_2.bin",
                                                          "data_batch_3.bin", "data_batch_4.bin",
                                                          "data_batch_5.bin", "test_batch.bin"};

/// By place in kBatches; without a name where the batch is absent.
using Batches = std::array<CifarBatch, kTrainBatches + 1>;

void take(Batches& batches, const std::string& where, const std::string& name,
          const ReadBytes& source) {
  const auto place = std::ranges::find(kBatches, name);
  if (place == kBatches.end()) {
    return;
  }
  const Bytes bytes = read_up_to(source, kMostBatchBytes + 1);
  require(bytes.size() <= kMostBatchBytes, "{}: over {} bytes, expected up to 10,000 records of {}",
          where, kMostBatchBytes, kRecordBytes);
  batches[to<std::size_t>(place - kBatches.begin())] = parse_cifar_batch(where, name, bytes);
}

bool is_archive(const fs::path& path) {
  const std::string name = path.filename().string();
  return std::ranges::any_of(std::array{".tar", ".tar.gz", ".tgz", ".tar.xz"},
                             [&](const char* end) { return name.ends_with(end); });
}

Batches from_archive(const fs::path& path) {
  Batches batches;
  PackedFile file(path, ArchiveKind::tar);
  while (const auto member = file.next()) {
    take(batches, path.string() + ":" + *member, fs::path(*member).filename().string(),
         [&file](auto out) { return file.read(out); });
  }
  return batches;
}

Batches from_folder(const fs::path& folder) {
  Batches batches;
  for (const std::string& name : kBatches) {
    const fs::path path = folder / name;
    std::error_code error;
    if (fs::is_regular_file(path, error)) {
      GzipFile file(path);
      take(batches, path.string(), name, [&file](auto out) { return file.read(out); });
    }
  }
  return batches;
}

/// The archive or the folder of .bin files that `raw` is or holds.
fs::path find_batches(const fs::path& raw) {
  std::error_code error;
  if (!fs::is_directory(raw, error)) {
    return find_source(public_set("cifar10"), raw);
  }
  for (const fs::path& folder : {raw, raw / "cifar-10-batches-bin"}) {
    if (fs::is_regular_file(folder / kBatches[0], error)) {
      return folder;
    }
  }
  std::vector<fs::path> archives;
  for (const auto& entry : fs::directory_iterator(raw, error)) {
    if (is_archive(entry.path())) {
      archives.push_back(entry.path());
    }
  }
  require(archives.size() < 2, "{}: holds {} archives; name the right one by --raw", raw.string(),
          archives.size());
  return archives.empty() ? find_source(public_set("cifar10"), raw) : archives.front();
}

void require_training(const Batches& batches, const fs::path& place) {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < kTrainBatches; ++i) {
    if (batches[i].name.empty()) {
      missing.push_back(kBatches[i]);
    }
  }
  require(missing.empty(),
          "{}: not found: {}; expected CIFAR-10, binary version (cifar-10-binary.tar.gz)",
          place.string(), join(missing, ", "));
}

CheckedSource check_batch(const CifarBatch& batch) {
  const auto& members = public_set("cifar10").members;
  const auto expected = std::ranges::find(members, batch.name, &PublicFile::name);
  return check_hash(*expected, batch.name, batch.sha256);
}

}  // namespace

CifarBatch parse_cifar_batch(const std::string& where, const std::string& name,
                             std::span<const std::uint8_t> bytes) {
  require(!bytes.empty() && bytes.size() % kRecordBytes == 0,
          "{}: {} bytes, expected a whole number of records of {} bytes; truncated?", where,
          bytes.size(), kRecordBytes);
  CifarBatch batch{.name = name,
                   .sha256 = sha256({reinterpret_cast<const char*>(bytes.data()), bytes.size()}),
                   .images = {},
                   .labels = {}};
  batch.images.reserve(bytes.size());
  for (; !bytes.empty(); bytes = bytes.subspan(kRecordBytes)) {
    require(bytes[0] < 10, "{}: label {} in record {}, expected 0..9", where, bytes[0],
            batch.labels.size());
    batch.labels.push_back(bytes[0]);
    const auto image = bytes.subspan(1, kPixels);
    batch.images.insert(batch.images.end(), image.begin(), image.end());
  }
  return batch;
}

std::vector<CifarBatch> read_cifar10(const fs::path& raw) {
  const fs::path place = find_batches(raw);
  std::error_code error;
  Batches batches = fs::is_directory(place, error) ? from_folder(place) : from_archive(place);
  require_training(batches, place);
  std::vector<CifarBatch> found;
  for (CifarBatch& batch : batches) {
    if (!batch.name.empty()) {
      found.push_back(std::move(batch));
    }
  }
  return found;
}

PrepSummary prep_cifar10(const fs::path& raw, const fs::path& out) {
  const PublicSet& set = public_set("cifar10");
  const std::vector<CifarBatch> batches = read_cifar10(raw);
  const bool held_out = batches.size() == kTrainBatches;
  if (held_out) {
    log::info("{}: without test_batch.bin; batch 5 becomes the test part, the set is named {}",
              raw.string(), "cifar10-heldout");
  }
  const std::vector<std::size_t> none(set.class_names.size());
  PrepSummary summary{.name = held_out ? "cifar10-heldout" : set.name,
                      .class_names = set.class_names,
                      .row_shape = kCifarImage,
                      .parts = {{"train", none}, {"test", none}},
                      .sources = {}};
  for (const CifarBatch& batch : batches) {
    summary.sources.push_back(check_batch(batch));
  }
  store::DatasetWriter writer(out, dataset_info(summary, set.licence));
  for (std::size_t i = 0; i < batches.size(); ++i) {
    PartCounts& part = summary.parts[i + 1 == batches.size() ? 1 : 0];
    writer.append_images(part.part, batches[i].images, kCifarImage, batches[i].labels);
    add_labels(part, batches[i].labels);
  }
  writer.commit();
  return summary;
}

}  // namespace cance::prep
