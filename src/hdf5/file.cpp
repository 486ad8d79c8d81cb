// Opening and making HDF5 files, and the one place where HDF5's errors become ours.
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <string_view>
#include <tuple>

#include "base/expansion.hpp"
#include "base/isolated.hpp"
#include "hdf5/handle.hpp"
#include "hdf5/lock.hpp"
#include "hdf5/seal.hpp"

namespace cance::hdf5 {
namespace {

namespace fs = std::filesystem;

// HDF5 surrounds the system's words with a time stamp, a line break and addresses: "file write
// failed: time = ..., error message = 'No space left on device', buf = ...".
std::string system_message(const std::string& text) {
  constexpr std::string_view kMark = "error message = '";
  const auto begin = text.find(kMark);
  if (begin == std::string::npos) {
    return text;
  }
  const auto words = text.substr(begin + kMark.size());
  return words.substr(0, words.find('\''));
}

std::string innermost_message() {
  std::string message;
  const auto take_first = [](unsigned, const H5E_error2_t* error, void* out) -> herr_t {
    auto& text = *static_cast<std::string*>(out);
    if (text.empty() && error->desc != nullptr) {
      text = error->desc;
    }
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_first, &message);
  return message.empty() ? "no reason given by HDF5" : system_message(message);
}

std::string first_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(256, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::string looks_like(const std::string& bytes) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, const char*>, 9> kSigns = {
      {{"PK\x03\x04"sv, "a zip or NumPy .npz file"},
       {"\x1f\x8b"sv, "a gzip file"},
       {"\x93NUMPY"sv, "a NumPy .npy file"},
       {"MATLAB 5.0"sv, "a MATLAB 5 file"},
       {"\x89PNG"sv, "a PNG picture"},
       {"\0\0\x08"sv, "an IDX file"},
       {"CDF"sv, "a NetCDF 3 file"},
       {"\x80\x04"sv, "a Python pickle"},
       {"%PDF"sv, "a PDF"}}};
  if (bytes.empty()) {
    return "an empty file";
  }
  for (const auto& [sign, name] : kSigns) {
    if (bytes.starts_with(sign)) {
      return name;
    }
  }
  const bool text = std::ranges::all_of(
      bytes, [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\r' || c == '\t'; });
  return text ? "a text file" : "an unknown binary file";
}

// HDF5 looks for its signature at 0, 512, 1024, 2048 ...
bool has_signature(const fs::path& path, std::uintmax_t size) {
  constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
  std::ifstream file(path, std::ios::binary);
  for (std::uintmax_t place = 0; place + kSignature.size() <= size;
       place = place == 0 ? kUserBlock : place * 2) {
    std::string bytes(kSignature.size(), '\0');
    file.seekg(static_cast<std::streamoff>(place));
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (bytes == kSignature) {
      return true;
    }
  }
  return false;
}

PropertyHandle access_list(const std::string& where) {
  PropertyHandle access(check(H5Pcreate(H5P_FILE_ACCESS), where, "prepare opening"));
  // 1.10 layouts carry a checksum in every index of chunks; the 1.8 ones do not.
  check(H5Pset_libver_bounds(access.get(), H5F_LIBVER_V110, H5F_LIBVER_V110), where, "set format");
  check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG), where, "set closing");
  return access;
}

FileHandle open_to_read(const std::string& name) {
  const auto access = access_list(name);
  return FileHandle(check(H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.get()), name, "open"));
}

/// Whether the groups of a file are a tree. A child process has walked it, as it may crash HDF5;
/// once for each state of a file; it has unpacked all chunks of one up to 1 GiB (as the checksum
/// line is compared), of a larger one if `whole`. Error: damaged.
bool is_sound(const fs::path& path, bool whole) {
  using State = std::tuple<dev_t, ino_t, off_t, time_t, long, bool>;
  static std::map<State, bool> known;  // under the lock of whoever opens
  struct stat facts {};
  const std::string name = path.string();
  require(::stat(path.c_str(), &facts) == 0, "{}: cannot be read", name);
  const auto size = static_cast<std::uintmax_t>(facts.st_size);
  const std::uintmax_t packed = whole || size <= kComparedUnasked ? size : 0;
  const State state(facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                    facts.st_mtim.tv_nsec, packed != 0);
  if (const auto found = known.find(state); found != known.end()) {
    return found->second;
  }
  constexpr std::uintmax_t kMemory = std::uintmax_t{512} << 20U;
  constexpr unsigned kSeconds = 20;
  constexpr unsigned kPackedASecond = 1U << 26U;
  constexpr unsigned kUnpackedASecond = 1U << 27U;
  const ChildLimits limits{
      kMemory, kSeconds + static_cast<unsigned>(size / kPackedASecond +
                                                most_unpacked(packed) / kUnpackedASecond)};
  const auto answer = run_isolated(name, limits, [&name, packed] {
    const FileHandle file = open_to_read(name);
    const GroupHandle root(
        check(H5Gopen2(file.get(), "/", H5P_DEFAULT), name, "open the root group"));
    return std::vector<std::uint8_t>{is_tree(root.get(), name, packed)};
  });
  require(answer.size() == 1, "{}: damaged: its reader said nothing", name);
  return known[state] = answer.front() != 0;
}

}  // namespace

void OpenFile::take(const std::string& array, std::uintmax_t bytes) {
  std::uintmax_t& before = taken[array];
  total += std::max(before, bytes) - before;
  before = std::max(before, bytes);
  if (texts != nullptr) {
    require_unpacked(total, size(), array);
  }
}

void fail_hdf5(const std::string& where, const char* doing) {
  const std::string message = innermost_message();
  H5Eclear2(H5E_DEFAULT);
  if (message.find("Fletcher32") != std::string::npos) {
    fail("{}: damaged chunk: its checksum (fletcher32) does not fit its bytes; restore the file",
         where);
  }
  if (message.find("truncated file") != std::string::npos) {
    fail("{}: truncated: {}; copy or write it again", where, message);
  }
  const bool version = message.find("bad version number") != std::string::npos ||
                       message.find("bad superblock version") != std::string::npos;
  fail("{}: cannot {}: {}{}", where, doing, message,
       version ? "; damaged, or written in a newer HDF5 format (h5py: libver=('earliest', 'v110'))"
               : "");
}

Group open_file(const fs::path& path, bool whole) {
  const std::string name = path.string();
  std::error_code error;
  require(fs::exists(path, error), "{}: not found", name);
  require(fs::is_regular_file(path, error), "{}: not a file", name);
  const std::uintmax_t size = fs::file_size(path, error);
  require(!error && std::ifstream(path).good(), "{}: cannot be read; check its permissions", name);
  static_cast<void>(check_seal(path, whole));
  require(has_signature(path, size), "{}: not an HDF5 file: it looks like {}", name,
          looks_like(first_bytes(path)));
  const Lock lock;
  auto file = std::make_shared<OpenFile>();
  file->name = name;
  file->tree = is_sound(path, whole);
  file->handle = open_to_read(name);
  file->texts = std::make_unique<StoredTexts>(file->handle.get(), name);
  GroupHandle root(
      check(H5Gopen2(file->handle.get(), "/", H5P_DEFAULT), name, "open the root group"));
  return Group(Group::Impl::shared({std::move(file), std::move(root), ""}));
}

Group create_file(const fs::path& path, const std::string& shown) {
  const Lock lock;
  auto file = std::make_shared<OpenFile>();
  file->name = shown.empty() ? path.string() : shown;
  const auto access = access_list(file->name);
  const auto creation = creation_list(H5P_FILE_CREATE);
  check(H5Pset_userblock(creation.get(), kUserBlock), file->name, "reserve the user block");
  file->handle = FileHandle(check(
      H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), file->name, "create"));
  GroupHandle root(
      check(H5Gopen2(file->handle.get(), "/", H5P_DEFAULT), file->name, "open the root group"));
  return Group(Group::Impl::shared({std::move(file), std::move(root), ""}));
}

void flush(const Group& root) {
  const Lock lock;
  check(H5Fflush(root.impl_->file->handle.get(), H5F_SCOPE_GLOBAL), root.file_name(),
        "write to the disk (is it full?)");
}

std::string library_version() {
  const Lock lock;
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  check(H5get_libversion(&major, &minor, &release), "HDF5", "tell its version");
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace cance::hdf5
