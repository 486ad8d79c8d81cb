// fuzz_seeds FOLDER: whole small files from which libFuzzer begins, in FOLDER/jpeg, FOLDER/png and
// FOLDER/dataset, each for the target of that name.
#include <cstdio>
#include <exception>
#include <filesystem>

#include "base/atomic_file.hpp"
#include "store/dataset_file.hpp"
#include "tests/robustness/damage.hpp"
#include "tests/support/pictures.hpp"

namespace {

namespace fs = std::filesystem;
using cance::tests::Bytes;

void write(const fs::path& path, const Bytes& bytes) {
  fs::create_directories(path.parent_path());
  cance::write_text_file(path, std::string(bytes.begin(), bytes.end()));
}

void write_pictures(const fs::path& folder) {
  write(folder / "png" / "bmp", cance::tests::bmp(2, 2, 24, {}, cance::tests::Bytes(16, 9)));
  for (const int channels : {1, 3}) {
    for (const bool other : {false, true}) {  // progressive, interlaced
      const std::string name = std::to_string(channels) + (other ? "b" : "a");
      write(folder / "jpeg" / name, cance::tests::jpeg(channels, other));
      write(folder / "png" / name, cance::tests::png(channels, 8, other));
      write(folder / "png" / (name + "deep"), cance::tests::png(channels + 1, 16, other));
    }
  }
}

/// The file that `fill` writes, without its checksum line, which any mutation would break.
template <class Fill>
void write_dataset(const fs::path& folder, const std::string& name, Fill fill) {
  fs::create_directories(folder / "dataset");
  const fs::path path = folder / "dataset" / name;
  cance::store::DatasetInfo info{"seed", "CC0", {"normal", "anomalous"}, {}, {{"a", "0"}}};
  if (name == "table") {
    info.column_names = {"a", "b", "c"};
    info.one_hot_columns = {"c"};
  }
  cance::store::DatasetWriter writer(path, info);
  fill(writer);
  writer.commit();
  cance::write_text_file(path, cance::tests::without_seal(cance::read_text_file(path)));
}

void write_datasets(const fs::path& folder) {
  const std::vector<std::int32_t> y{0, 1};
  const std::vector<std::string> names{"first", "second"};
  write_dataset(folder, "table", [&](auto& writer) {
    writer.append_rows("all", std::vector<float>{1, 2, 0, 3, 4, 1}, 3, y, names);
  });
  write_dataset(folder, "images", [&](auto& writer) {
    for (const char* part : {"train", "test"}) {
      writer.append_images(part, Bytes(2 * 3 * 4 * 4, 7), {3, 4, 4}, y);
    }
  });
  write_dataset(folder, "encoded", [&](auto& writer) {
    writer.append_encoded("all", cance::tests::png(1, 8, false, 5, 4), 0, "a.png");
    writer.append_encoded("all", cance::tests::png(1, 8, false, 3, 6), 1, "b.png");
  });
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: fuzz_seeds FOLDER\n", stderr);
    return 2;
  }
  try {
    write_pictures(arguments[1]);
    write_datasets(arguments[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fuzz_seeds: %s\n", error.what());
    return 1;
  }
}
