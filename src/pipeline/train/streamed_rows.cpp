#include "pipeline/train/streamed_rows.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include "base/cast.hpp"
#include "base/random.hpp"
#include "nn/convert.hpp"

namespace cance::pipeline {

using at::Tensor;

namespace {

constexpr std::int64_t kBlocksPerWindow = 8;

void shuffle_rows(std::span<std::int64_t> rows, const Random& random) {
  const auto order = random.permutation(rows.size());
  const std::vector<std::int64_t> before(rows.begin(), rows.end());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i] = before[to<std::size_t>(order[i])];
  }
}

}  // namespace

Tensor as_tensor(std::span<const float> values, const Shape& row) {
  const std::size_t size = element_count(row);
  const Tensor rows =
      nn::to_tensor(MatrixView<const float>{values.data(), values.size() / size, size});
  if (row.size() != 3) {
    return rows;
  }
  return rows.div_(255).view(nn::sizes_of(-1, row)).contiguous(at::MemoryFormat::ChannelsLast);
}

StreamedRows::StreamedRows(const store::DatasetFile& file, std::string part,
                           std::vector<std::int64_t> indices, std::int64_t window,
                           std::int64_t batch, const nn::Compute& compute)
    : file_(file),
      part_(std::move(part)),
      indices_(std::move(indices)),
      window_(window),
      batch_(batch),
      compute_(compute) {}

StreamedRows::~StreamedRows() = default;

std::int64_t StreamedRows::size() const { return to<std::int64_t>(indices_.size()); }

Tensor StreamedRows::read(std::span<const std::int64_t> rows) const {
  std::vector<std::int64_t> wanted;
  wanted.reserve(rows.size());
  for (const std::int64_t row : rows) {
    wanted.push_back(indices_[to<std::size_t>(row)]);
  }
  return as_tensor(file_.read(part_, wanted), file_.row_shape());
}

Tensor StreamedRows::range(std::int64_t first, std::int64_t count) {
  std::vector<std::int64_t> rows(to<std::size_t>(count));
  std::iota(rows.begin(), rows.end(), first);
  return compute_.to_device(read(rows));
}

std::vector<std::int64_t> StreamedRows::order(std::uint64_t seed, std::int64_t epoch) {
  const std::int64_t block = std::max<std::int64_t>(1, window_ / kBlocksPerWindow);
  const std::int64_t blocks = (size() + block - 1) / block;
  const Random shuffle(seed, Purpose::shuffle, static_cast<std::uint64_t>(epoch));
  const auto block_order = shuffle.permutation(to<std::size_t>(blocks));
  std::vector<std::int64_t> order;
  order.reserve(indices_.size());
  std::vector<std::size_t> ends;  // of the windows in `order`
  for (std::size_t b = 0; b < block_order.size(); ++b) {
    const std::int64_t first = block_order[b] * block;
    for (std::int64_t row = first; row < std::min(first + block, size()); ++row) {
      order.push_back(row);
    }
    if ((b + 1) % kBlocksPerWindow == 0 || b + 1 == block_order.size()) {
      const std::size_t begin = ends.empty() ? 0 : ends.back();
      const auto key = (static_cast<std::uint64_t>(epoch) << 32U) + ends.size() + 1;
      shuffle_rows(std::span(order).subspan(begin), Random(seed, Purpose::shuffle, key));
      ends.push_back(order.size());
    }
  }
  take_own_rows(order, ends);
  return order;
}

void StreamedRows::take_own_rows(const std::vector<std::int64_t>& order,
                                 const std::vector<std::size_t>& ends) {
  next_ = {};
  loaded_.clear();
  first_loaded_ = 0;
  windows_.assign(ends.size(), {});
  std::size_t window = 0;
  for (std::size_t first = 0; first < order.size(); first += to<std::size_t>(batch_)) {
    const auto count = std::min<std::int64_t>(batch_, to<std::int64_t>(order.size() - first));
    const nn::Share own = compute_.team.share(count);
    for (std::size_t i = first + to<std::size_t>(own.first);
         i < first + to<std::size_t>(own.first + own.count); ++i) {
      while (i >= ends[window]) {
        ++window;
      }
      windows_[window].push_back(order[i]);
    }
  }
  places_.assign(indices_.size(), {});
  for (std::size_t w = 0; w < windows_.size(); ++w) {
    std::ranges::sort(windows_[w]);
    for (std::size_t i = 0; i < windows_[w].size(); ++i) {
      places_[to<std::size_t>(windows_[w][i])] = {to<std::int32_t>(w), to<std::int32_t>(i)};
    }
  }
  start_reading(0);
}

void StreamedRows::start_reading(std::size_t window) {
  if (window < windows_.size()) {
    next_ = std::async(std::launch::async, [this, window] { return read(windows_[window]); });
  }
}

const Tensor& StreamedRows::window(std::size_t number) {
  while (first_loaded_ + loaded_.size() <= number) {
    loaded_.push_back(
        compute_.to_device(next_.get()));  // by this thread: on the stream of its lane
    start_reading(first_loaded_ + loaded_.size());
  }
  return loaded_[number - first_loaded_];
}

Tensor StreamedRows::select(const nn::Places& places) {
  const std::span<const std::int64_t> rows = places.host;
  std::map<std::size_t, std::vector<std::int64_t>> in_window;  // places of its rows
  std::map<std::size_t, std::vector<std::int64_t>> in_batch;   // where they belong
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Place place = places_[to<std::size_t>(rows[i])];
    require(place.window >= 0, "row {} is not one of this rank's", rows[i]);
    in_window[to<std::size_t>(place.window)].push_back(place.row);
    in_batch[to<std::size_t>(place.window)].push_back(to<std::int64_t>(i));
  }
  if (rows.empty()) {
    return compute_.to_device(as_tensor({}, file_.row_shape()));
  }
  for (; first_loaded_ < in_window.begin()->first; ++first_loaded_) {
    (void)window(first_loaded_);
    loaded_.pop_front();
  }
  std::vector<Tensor> parts;
  std::vector<std::int64_t> came_from;
  for (const auto& [number, its_rows] : in_window) {
    parts.push_back(window(number).index_select(0, nn::index_view(its_rows).to(compute_.device)));
    came_from.insert(came_from.end(), in_batch[number].begin(), in_batch[number].end());
  }
  if (parts.size() == 1) {
    return parts.front();
  }
  const Tensor back = nn::index_view(came_from).argsort().to(compute_.device);
  return at::cat(parts).index_select(0, back);
}

std::unique_ptr<nn::Rows> LoadedDataset::rows(const std::string& part,
                                              const std::vector<std::int64_t>& indices,
                                              std::int64_t window, std::int64_t batch,
                                              const nn::Compute& compute) {
  if (window > 0) {
    return std::make_unique<StreamedRows>(file_, part, indices, window, batch, compute);
  }
  return std::make_unique<nn::TensorRows>(gathered(part, indices, compute));
}

std::unique_ptr<nn::Rows> LoadedDataset::shared_rows(const std::string& part,
                                                     const std::vector<std::int64_t>& indices,
                                                     std::int64_t window,
                                                     const nn::Compute& compute) {
  if (window > 0 || indices.size() != file_.rows(part)) {
    return rows(part, indices, window, /*batch=*/window, compute);
  }
  const std::lock_guard lock(whole_mutex_);
  Tensor& whole = whole_[part];
  if (!whole.defined() || whole.scalar_type() != compute.type || whole.device() != compute.device) {
    whole = gathered(part, indices, compute);  // ascending, so the part itself
    nn::wait_for_stream(compute.device);       // other lanes read it by theirs
  }
  return std::make_unique<nn::TensorRows>(whole);
}

Tensor LoadedDataset::stored(const std::string& part, at::Device device) {
  const std::lock_guard lock(mutex_);
  Tensor& values = stored_[part];
  if (!values.defined()) {
    const bool bytes = file_.has_bytes(part);
    const auto sizes = nn::sizes_of(to<std::int64_t>(file_.rows(part)), file_.row_shape());
    const Tensor read = at::empty(sizes, bytes ? at::kByte : at::kFloat);
    const auto count = to<std::size_t>(read.numel());
    if (bytes) {
      file_.read_all(part, std::span(read.mutable_data_ptr<std::uint8_t>(), count));
    } else {
      file_.read_all(part, std::span(read.mutable_data_ptr<float>(), count));
    }
    values = read.to(device);
  }
  return values;
}

Tensor LoadedDataset::gathered(const std::string& part, const std::vector<std::int64_t>& indices,
                               const nn::Compute& compute) {
  const Tensor stored_rows =
      stored(part, compute.device).index_select(0, nn::index_view(indices).to(compute.device));
  Tensor rows = stored_rows.to(at::kFloat);
  if (stored_rows.scalar_type() != at::kByte && !rows.isfinite().all().item<bool>()) {
    (void)file_.read(part, indices);  // says which
  }
  if (file_.images()) {
    // By a tensor: GPUs multiply by the reciprocal of a number, which rounds otherwise.
    rows = rows.div_(at::full({}, 255, rows.options())).contiguous(at::MemoryFormat::ChannelsLast);
  }
  return rows.to(compute.type);
}

}  // namespace cance::pipeline
