#include "nn/team.hpp"

#include <array>
#include <chrono>

#include "base/sha256.hpp"
#include "base/stop_flag.hpp"
#include "nn/device.hpp"
#include "nn/differentiable.hpp"

namespace cance::nn {

using at::Tensor;

namespace {

template <class T>
std::span<T> elements(const Tensor& t) {
  return {t.mutable_data_ptr<T>(), static_cast<std::size_t>(t.numel())};
}

/// Calls f with the elements of a contiguous CPU tensor as span<float> or span<double>.
template <class F>
auto with_elements(const Tensor& t, F f) {
  if (t.scalar_type() == at::kDouble) {
    return f(elements<double>(t));
  }
  require(t.scalar_type() == at::kFloat, "ranks exchange float32 and float64 tensors, not {}",
          c10::toString(t.scalar_type()));
  return f(elements<float>(t));
}

}  // namespace

Transport choose_transport(const std::string& word, at::Device device, bool share_a_gpu,
                           const std::string& why_no_nccl) {
  require(word == "auto" || word == "nccl" || word == "staged",
          "--transport {}: expected auto, nccl or staged", word);
  std::string problem;
  if (device.is_cpu()) {
    problem = "it is for GPUs, and the ranks compute on the CPU";
  } else if (share_a_gpu) {
    problem = "two ranks of a team share a GPU";
  } else {
    problem = why_no_nccl;
  }
  require(word != "nccl" || problem.empty(), "--transport nccl: {}; use --transport auto", problem);
  if (word == "staged") {
    return Transport::staged;
  }
  if (problem.empty()) {
    return Transport::nccl;
  }
  return device.is_cpu() ? Transport::host : Transport::staged;
}

Team::Team() : state_(std::make_shared<State>()) {}
Team::Team(comm::Communicator& communicator, Transport transport, double limit) : Team() {
  if (communicator.size() > 1) {
    state_->communicator = &communicator;
    state_->transport = transport;
    if (transport == Transport::nccl) {
      state_->device_sum = comm::make_nccl_sum(communicator, limit);
      state_->watch = std::make_unique<comm::SumWatch>(*state_->device_sum, limit);
    }
  }
}

int Team::rank() const {
  return state_->communicator == nullptr ? 0 : state_->communicator->rank();
}
int Team::size() const {
  return state_->communicator == nullptr ? 1 : state_->communicator->size();
}

Share Team::share(std::int64_t rows) const {
  const std::int64_t first = rows * rank() / size();
  return {first, rows * (rank() + 1) / size() - first};
}

bool Team::same(double value) const {
  std::array<double, 2> ends{value, -value};  // the least, and the largest with its sign turned
  if (!alone()) {
    timed([&] { state_->communicator->all_reduce(std::span<double>(ends), comm::Op::min); });
  }
  return ends[0] == -ends[1];
}

void Team::stop_together(bool stopped) const {
  double count = stopped ? 1 : 0;
  sum(std::span(&count, 1));
  if (count > 0) {
    stop_with_others();
  }
}

void Team::sum(std::span<double> values) const {
  require_ranks();
  if (!alone()) {
    timed([&] { state_->communicator->all_reduce(values, comm::Op::sum); });
  }
}

Tensor Team::summed(const Tensor& own) const {
  if (alone()) {
    return own.detach();
  }
  if (state_->device_sum && !own.is_cpu()) {
    const Tensor sum = own.detach().clone(at::MemoryFormat::Contiguous);
    start_on_device(sum);
    return sum;
  }
  Tensor host = own.detach().contiguous().to(at::kCPU);
  if (host.is_alias_of(own)) {
    host = host.clone();
  }
  timed([&] {
    with_elements(host,
                  [&](auto values) { state_->communicator->all_reduce(values, comm::Op::sum); });
  });
  return host.to(own.device());
}

Tensor Team::sum(const Tensor& own) const {
  if (alone()) {
    return own;
  }
  return differentiable({own}, [&] {
    return Operation{{summed(own)}, {}, [team = *this](const BackwardCall& call) {
                       return Tensors{team.summed(call.gradient)};
                     }};
  })[0];
}

Tensor Team::gather_rows(const Tensor& own) const {
  if (alone()) {
    return own;
  }
  const Tensor host = own.detach().contiguous().to(at::kCPU);
  require_ranks();
  auto shape = host.sizes().vec();
  shape[0] = -1;
  return with_elements(host, [&](auto values) {
    using T = typename decltype(values)::value_type;
    auto all = state_->communicator->all_gather(std::span<const T>(values));
    return at::from_blob(all.data(), {static_cast<std::int64_t>(all.size())}, host.options())
        .view(shape)
        .clone()
        .to(own.device());
  });
}

std::unique_ptr<comm::Pending> Team::start_sum(Tensor& values) const {
  if (state_->device_sum && !values.is_cpu()) {
    start_on_device(values);
    return std::make_unique<comm::Pending>();  // what reads it comes later in the stream
  }
  if (state_->transport != Transport::host || !values.is_cpu()) {
    values.copy_(summed(values));
    return std::make_unique<comm::Pending>();
  }
  std::unique_ptr<comm::Pending> pending;
  timed([&] {
    pending =
        with_elements(values, [&](auto span) { return state_->communicator->start_sum(span); });
  });
  return pending;
}

void Team::start_on_device(const Tensor& values) const {
  const bool single = values.scalar_type() == at::kFloat;
  require(single || values.scalar_type() == at::kDouble,
          "ranks exchange float32 and float64 tensors, not {}",
          c10::toString(values.scalar_type()));
  state_->device_sum->start(values.mutable_data_ptr(), static_cast<std::size_t>(values.numel()),
                            single ? comm::Number::float32 : comm::Number::float64,
                            native_stream(values.device()));
  if (!state_->recording) {
    state_->watch->add(end_of_work(values.device()));
  }
}

bool Team::can_record() const { return alone() || state_->device_sum != nullptr; }

void Team::record(bool on) const { state_->recording = on; }

void Team::watch_replay(at::Device device) const {
  if (state_->watch) {
    state_->watch->add(end_of_work(device));
  }
}

void Team::require_ranks() const {
  if (state_->watch) {
    state_->watch->require_ranks();
  }
}

void Team::run_together(const std::function<void()>& work) const {
  if (alone()) {
    work();
  } else {
    comm::run_together(*state_->communicator, work);
  }
}

void Team::require_same(const std::vector<Tensor>& tensors, const std::string& what) const {
  if (alone()) {
    return;
  }
  std::string bytes;
  for (const Tensor& tensor : tensors) {
    const Tensor host = tensor.detach().contiguous().to(at::kCPU);
    bytes.append(static_cast<const char*>(host.const_data_ptr()), host.nbytes());
  }
  comm::require_agreement(*state_->communicator, sha256(bytes), what);
}

double Team::seconds() const { return state_->seconds; }

void Team::timed(const std::function<void()>& wait) const {
  const auto start = std::chrono::steady_clock::now();
  wait();
  state_->seconds +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace cance::nn
