#include "data_prep/readers/mat.hpp"

#include <matio.h>

#include <array>
#include <cstring>
#include <memory>
#include <span>

#include "base/cast.hpp"
#include "base/expansion.hpp"
#include "base/isolated.hpp"
#include "base/text.hpp"
#include "data_prep/readers/byte_source.hpp"

namespace cance::prep {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = 128;
constexpr std::size_t kVersionPlace = 124;
constexpr std::uintmax_t kSpareBytes = std::uintmax_t{256} << 20U;
constexpr unsigned kSpareSeconds = 20;
constexpr unsigned kBytesASecond = 1U << 20U;
constexpr std::size_t kMostNames = 100;
constexpr std::string_view kMatlab73 = "MATLAB 7.3";

using MatFile = std::unique_ptr<mat_t, int (*)(mat_t*)>;
using Variable = std::unique_ptr<matvar_t, void (*)(matvar_t*)>;

Bytes header_of(const fs::path& path) {
  GzipFile file(path);
  Bytes head = read_up_to([&file](auto out) { return file.read(out); }, kHeaderBytes);
  require(!file.compressed(), "{}: gzipped; unpack it first", path.string());
  return head;
}

void check_header(const fs::path& path) {
  const Bytes head = header_of(path);
  const std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
  require(!text.starts_with(kMatlab73),
          "{}: a MATLAB 7.3 file, expected version 5 (save it by save -v7)", path.string());
  const auto version =
      text.substr(0, kHeaderBytes).size() == kHeaderBytes ? text.substr(kVersionPlace, 4) : "";
  require(
      version == std::string_view("\x00\x01IM", 4) || version == std::string_view("\x01\x00MI", 4),
      "{}: not a MATLAB 5 file (its header is of {}; save it by save -v7)", path.string(),
      head.size() < kHeaderBytes ? "no known kind" : "another version or damaged");
}

/// The matrix as float64, columns first, as the file has it.
template <class T>
void copy_values(const matvar_t& variable, std::vector<double>& values) {
  require(variable.nbytes / sizeof(T) >= values.size() && variable.data != nullptr,
          "{}: has fewer values than its size asks for", variable.name);
  const std::span<const T> data(static_cast<const T*>(variable.data), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<double>(data[i]);
  }
}

void copy_any(const matvar_t& variable, std::vector<double>& values, const std::string& where) {
  static const std::map<int, void (*)(const matvar_t&, std::vector<double>&)> kCopies{
      {MAT_C_DOUBLE, copy_values<double>},      {MAT_C_SINGLE, copy_values<float>},
      {MAT_C_INT8, copy_values<std::int8_t>},   {MAT_C_UINT8, copy_values<std::uint8_t>},
      {MAT_C_INT16, copy_values<std::int16_t>}, {MAT_C_UINT16, copy_values<std::uint16_t>},
      {MAT_C_INT32, copy_values<std::int32_t>}, {MAT_C_UINT32, copy_values<std::uint32_t>},
      {MAT_C_INT64, copy_values<std::int64_t>}, {MAT_C_UINT64, copy_values<std::uint64_t>}};
  const auto copy = kCopies.find(variable.class_type);
  require(copy != kCopies.end(), "{}: not a matrix of numbers (MATLAB class {})", where,
          static_cast<int>(variable.class_type));
  copy->second(variable, values);
}

std::vector<std::string> names_in(mat_t* file) {
  Mat_Rewind(file);
  std::vector<std::string> names;
  while (names.size() < kMostNames) {
    const Variable variable(Mat_VarReadNextInfo(file), Mat_VarFree);
    if (variable == nullptr) {
      break;
    }
    names.emplace_back(variable->name != nullptr ? variable->name : "?");
  }
  return names;
}

void append(Bytes& bytes, const void* data, std::size_t size) {
  const auto* first = static_cast<const std::uint8_t*>(data);
  bytes.insert(bytes.end(), first, first + size);
}

/// Appends rows, columns and values (columns first) of one matrix.
void append_matrix(mat_t* file, const std::string& name, const std::string& place,
                   std::uintmax_t most_values, Bytes& bytes) {
  const std::string where = place + ":" + name;
  const Variable variable(Mat_VarRead(file, name.c_str()), Mat_VarFree);
  require(variable != nullptr, "{}: no such matrix, or damaged; found: {}", where,
          join(names_in(file), ", "));
  require(variable->rank == 2 && variable->dims != nullptr && variable->isComplex == 0,
          "{}: not a real matrix of two dimensions", where);
  const std::array<std::uint64_t, 2> sizes{variable->dims[0], variable->dims[1]};
  require(sizes[0] > 0 && sizes[1] > 0 && sizes[0] <= most_values / sizes[1],
          "{}: damaged: {} x {} values declared, {} there at most", where, sizes[0], sizes[1],
          most_values);
  std::vector<double> values(sizes[0] * sizes[1]);
  copy_any(*variable, values, where);
  append(bytes, sizes.data(), sizeof(sizes));
  append(bytes, values.data(), values.size() * sizeof(double));
}

MatFile open_mat(const std::string& path) {
  MatFile file(Mat_Open(path.c_str(), MAT_ACC_RDONLY), Mat_Close);
  require(file != nullptr, "{}: cannot be opened as a MATLAB 5 file", path);
  return file;
}

Bytes read_matrices(const std::string& path, const std::vector<std::string>& wanted,
                    std::uintmax_t most_values) {
  const MatFile file = open_mat(path);
  Bytes bytes;
  for (const std::string& name : wanted) {
    append_matrix(file.get(), name, path, most_values, bytes);
  }
  return bytes;
}

std::uintmax_t most_bytes_of(const fs::path& path) { return most_unpacked(fs::file_size(path)); }

ChildLimits limits_for(const fs::path& path) {
  return {.memory_bytes = kSpareBytes + 4 * most_bytes_of(path),
          .cpu_seconds = kSpareSeconds + to<unsigned>(fs::file_size(path) / kBytesASecond)};
}

/// Takes one matrix off the front of what the child sent.
NumberArray take_matrix(std::span<const std::uint8_t>& bytes, const std::string& where) {
  std::array<std::uint64_t, 2> sizes{};
  require(bytes.size() >= sizeof(sizes), "{}: damaged: its reader sent too little", where);
  std::memcpy(sizes.data(), bytes.data(), sizeof(sizes));
  bytes = bytes.subspan(sizeof(sizes));
  require(sizes[0] > 0 && sizes[1] > 0 && sizes[0] <= bytes.size() / sizeof(double) / sizes[1],
          "{}: damaged: its reader sent too little", where);
  const auto rows = to<std::size_t>(sizes[0]);
  const auto columns = to<std::size_t>(sizes[1]);
  std::vector<double> values(rows * columns);
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(double));
  to_row_major({rows, columns}, values);
  bytes = bytes.subspan(values.size() * sizeof(double));
  return {{rows, columns}, std::move(values)};
}

}  // namespace

bool is_matlab_73(const fs::path& path) {
  const Bytes head = header_of(path);
  return std::string_view(reinterpret_cast<const char*>(head.data()), head.size())
      .starts_with(kMatlab73);
}

std::vector<std::string> mat_names(const fs::path& path) {
  check_header(path);
  const std::string name = path.string();
  const Bytes bytes = run_isolated(name, limits_for(path), [&] {
    const std::string names = join(names_in(open_mat(name).get()), "\n");
    return Bytes(names.begin(), names.end());
  });
  return split({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, '\n');
}

std::map<std::string, NumberArray> read_mat(const fs::path& path,
                                            const std::vector<std::string>& wanted) {
  check_header(path);
  const std::string name = path.string();
  const Bytes bytes = run_isolated(name, limits_for(path), [&] {
    return read_matrices(name, wanted, most_bytes_of(path) / sizeof(double));
  });
  std::span<const std::uint8_t> rest(bytes);
  std::map<std::string, NumberArray> arrays;
  for (const std::string& matrix : wanted) {
    arrays[matrix] = take_matrix(rest, name);
  }
  return arrays;
}

}  // namespace cance::prep
