// Rows of a dataset file that need not fit in memory: an epoch goes through windows of a few blocks
// of rows each, and a thread reads the next window while the model trains on this one.
#pragma once

#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "nn/rows.hpp"
#include "store/dataset_file.hpp"

namespace cance::pipeline {

/// Rows as tensors (B, row shape...) float32: images in 0..1, in the memory order that the CPU
/// kernels like; tables as they are.
[[nodiscard]] at::Tensor as_tensor(std::span<const float> values, const Shape& row);

class StreamedRows final : public nn::Rows {
 public:
  /// The rows `indices` of a part. Blocks of `window` / 8 neighbours are shuffled, eight blocks
  /// make a window, and the rows of a window are shuffled together. A rank holds no rows but its
  /// own shares of batches of `batch` rows.
  StreamedRows(const store::DatasetFile& file, std::string part, std::vector<std::int64_t> indices,
               std::int64_t window, std::int64_t batch, const nn::Compute& compute);
  ~StreamedRows() override;

  [[nodiscard]] std::int64_t size() const override;
  [[nodiscard]] at::Tensor select(const nn::Places& places) override;
  [[nodiscard]] at::Tensor range(std::int64_t first, std::int64_t count) override;
  [[nodiscard]] std::vector<std::int64_t> order(std::uint64_t seed, std::int64_t epoch) override;

 private:
  /// Where a row of the epoch lies: its window and the place in it.
  struct Place {
    std::int32_t window = -1;
    std::int32_t row = 0;
  };
  /// On the host, float32.
  [[nodiscard]] at::Tensor read(std::span<const std::int64_t> rows) const;
  void take_own_rows(const std::vector<std::int64_t>& order, const std::vector<std::size_t>& ends);
  void start_reading(std::size_t window);
  [[nodiscard]] const at::Tensor& window(std::size_t number);

  const store::DatasetFile& file_;
  std::string part_;
  std::vector<std::int64_t> indices_;
  std::int64_t window_, batch_;
  nn::Compute compute_;
  std::vector<Place> places_;                       // by row
  std::vector<std::vector<std::int64_t>> windows_;  // own rows, ascending
  std::deque<at::Tensor> loaded_;                   // windows first_loaded_, ...
  std::size_t first_loaded_ = 0;
  std::future<at::Tensor> next_;  // window first_loaded_ + loaded_.size()
};

/// A dataset as the cells of a rank see it: rows of a split, in memory or streamed. What lies in
/// memory is read once, kept as it is stored (images as bytes) and gathered by index.
class LoadedDataset {
 public:
  explicit LoadedDataset(const std::filesystem::path& path) : file_(path) {}
  [[nodiscard]] const store::DatasetFile& file() const { return file_; }

  /// The rows `indices` of a part for training in batches of `batch`: in memory, or streamed in
  /// windows of `window` rows where that is not 0. Error where one holds a value that is not
  /// finite.
  [[nodiscard]] std::unique_ptr<nn::Rows> rows(const std::string& part,
                                               const std::vector<std::int64_t>& indices,
                                               std::int64_t window, std::int64_t batch,
                                               const nn::Compute& compute);
  /// The same for rows that many cells judge: those of a whole part are gathered once.
  [[nodiscard]] std::unique_ptr<nn::Rows> shared_rows(const std::string& part,
                                                      const std::vector<std::int64_t>& indices,
                                                      std::int64_t window,
                                                      const nn::Compute& compute);

 private:
  /// The part as it is stored, on the device.
  [[nodiscard]] at::Tensor stored(const std::string& part, at::Device device);
  [[nodiscard]] at::Tensor gathered(const std::string& part,
                                    const std::vector<std::int64_t>& indices,
                                    const nn::Compute& compute);

  store::DatasetFile file_;
  std::mutex mutex_;                          // lanes share what follows
  std::map<std::string, at::Tensor> stored_;  // parts, uint8 or float32
  std::mutex whole_mutex_;                    // held while one of the next is gathered
  std::map<std::string, at::Tensor> whole_;   // parts, as models take them
};

}  // namespace cance::pipeline
