#include "pipeline/train/loaded_dataset.hpp"

#include <numeric>

#include "nn/convert.hpp"
#include "pipeline/train/streamed_rows.hpp"

namespace cance::pipeline {

std::unique_ptr<nn::Rows> LoadedDataset::rows(const std::string& part,
                                              const std::vector<std::int64_t>& indices,
                                              std::int64_t window, std::int64_t batch,
                                              const nn::Compute& compute) const {
  if (window > 0) {
    return std::make_unique<StreamedRows>(file_, part, indices, window, batch, compute);
  }
  return std::make_unique<nn::TensorRows>(
      compute.place(as_tensor(file_.read(part, indices), file_.row_shape())));
}

std::unique_ptr<nn::Rows> LoadedDataset::shared_rows(const std::string& part,
                                                     const std::vector<std::int64_t>& indices,
                                                     std::int64_t window,
                                                     const nn::Compute& compute) {
  if (window > 0) {
    return rows(part, indices, window, /*batch=*/window, compute);
  }
  const std::lock_guard lock(mutex_);
  at::Tensor& whole = parts_[part];
  if (!whole.defined()) {
    std::vector<std::int64_t> all(file_.rows(part));
    std::iota(all.begin(), all.end(), 0);
    whole = as_tensor(file_.read(part, all), file_.row_shape());
  }
  const bool every = indices.size() == file_.rows(part);  // ascending, so the part itself
  return std::make_unique<nn::TensorRows>(
      compute.place(every ? whole
                          : whole.index_select(0, nn::index_view(indices))
                                .contiguous(whole.suggest_memory_format())));
}

}  // namespace cance::pipeline
