#include "nn/gradients.hpp"

namespace cance::nn {

using at::Tensor;

namespace {

constexpr std::int64_t kBucketElements = 1 << 15;  // at least, but for the last

}  // namespace

/// Parameters whose gradients travel together.
struct GradientSum::Bucket {
  std::vector<Tensor> parameters;
  std::vector<Tensor> slices;  // views of `flat`, one a parameter
  Tensor flat;
  std::size_t arrived = 0;
  std::unique_ptr<comm::Pending> pending;
};

struct GradientSum::Impl {
  Team team;
  std::vector<std::unique_ptr<Bucket>> buckets;
  std::vector<std::pair<Tensor, unsigned>> hooks;

  /// The backward pass meets the last parameters first, so buckets fill from the back.
  void make_buckets(const std::vector<Tensor>& parameters) {
    std::int64_t elements = kBucketElements;
    for (auto parameter = parameters.rbegin(); parameter != parameters.rend(); ++parameter) {
      if (elements >= kBucketElements) {
        buckets.push_back(std::make_unique<Bucket>());
        elements = 0;
      }
      buckets.back()->parameters.push_back(*parameter);
      elements += parameter->numel();
    }
  }

  void prepare(Bucket& bucket) {
    std::int64_t elements = 0;
    for (const Tensor& parameter : bucket.parameters) {
      elements += parameter.numel();
    }
    bucket.flat = at::zeros({elements}, bucket.parameters.front().detach().options());
    std::int64_t first = 0;
    for (std::size_t i = 0; i < bucket.parameters.size(); ++i) {
      const Tensor& parameter = bucket.parameters[i];
      bucket.slices.push_back(
          bucket.flat.as_strided(parameter.sizes(), parameter.strides(), first));
      first += parameter.numel();
      const unsigned hook = parameter.register_hook(
          [this, &bucket, i](const Tensor& gradient) { arrive(bucket, i, gradient); });
      hooks.emplace_back(parameter, hook);
    }
  }

  void arrive(Bucket& bucket, std::size_t i, const Tensor& gradient) {
    bucket.slices[i].copy_(gradient);
    if (++bucket.arrived == bucket.parameters.size()) {
      bucket.pending = team.start_sum(bucket.flat);
    }
  }
};

GradientSum::GradientSum(const std::vector<Tensor>& parameters, const Team& team) {
  if (team.alone()) {
    return;
  }
  impl_ = std::make_unique<Impl>();
  impl_->team = team;
  impl_->make_buckets(parameters);
  for (auto& bucket : impl_->buckets) {
    impl_->prepare(*bucket);
  }
}

GradientSum::~GradientSum() {
  if (impl_) {
    for (auto& [parameter, hook] : impl_->hooks) {
      parameter.remove_hook(hook);
    }
  }
}

void GradientSum::finish() {
  if (!impl_) {
    return;
  }
  const at::NoGradGuard no_grad;
  for (auto& bucket : impl_->buckets) {
    require(bucket->pending != nullptr, "a parameter took no part in the loss");
    impl_->team.timed([&] { bucket->pending->wait(); });
    bucket->pending.reset();
    bucket->arrived = 0;
    for (std::size_t i = 0; i < bucket->parameters.size(); ++i) {
      bucket->parameters[i].mutable_grad() = bucket->slices[i].detach();
    }
  }
}

}  // namespace cance::nn
