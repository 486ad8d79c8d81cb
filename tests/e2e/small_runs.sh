# shellcheck shell=bash
# shellcheck disable=SC2034  # used by the scripts that source this file
# Small trained runs for the tests of what is made of them. Sourced after common.sh, in the test's own folder.

# small_config METHODS: small.cfg, one cell of so few epochs that seconds do.
small_config() {
  cat >small.cfg <<CFG
[grid]
cases = 0
methods = $1
[autoencoder]
epochs = 2
decoder_epochs = 1
[nce]
hidden = 32,32
epochs = 3
CFG
}

# The comparison methods that can score new rows.
comparison_methods=mahalanobis,kde,ocsvm,deep_svdd,deep_sad,drocc,dagmm,dagmm_1,dagmm_cance,dpad
image_methods=$comparison_methods,vae,lsa,pixelcnn
table_methods=$comparison_methods,goad

# comparison_config: small.cfg with settings by which each of them takes a moment; grid.methods comes with `train`.
comparison_config() {
  small_config error
  cat >>small.cfg <<CFG
[deep_svdd]
objective = soft-boundary
warmup_epochs = 1
batch = 64
epochs = 2
[deep_svdd_pretraining]
batch = 64
epochs = 1
[deep_sad]
batch = 64
epochs = 1
[deep_sad_pretraining]
batch = 64
epochs = 1
[drocc]
channels = 8,4
hidden = 16
ascent_steps = 2
pretraining_epochs = 0
epochs = 2
[dagmm]
latent = 2
batch = 32
epochs = 2
[dpad]
batch = 64
epochs = 2
[goad]
transforms = 8
size = 4
epochs = 2
[vae]
channels = 4,8
latent = 6
samples = 2
batch = 16
epochs = 8
learning_rate = 0.01
[lsa]
channels = 4,8
latent = 8
bins = 10
estimator = 4,4
batch = 16
epochs = 8
learning_rate = 0.01
[pixelcnn]
levels = 16
features = 8
layers = 2
batch = 16
epochs = 8
learning_rate = 0.01
CFG
}

# train NAME ARGUMENTS...: the only cell of runs/NAME, as runs/NAME.h5.
train() {
  local name=$1
  shift
  cance run small.cfg --data-root data --threads 1 --quiet --out "runs/$name" "$@" >/dev/null 2>&1 || fail "training $name"
  mv "$(find "runs/$name" -name seed0.h5)" "runs/$name.h5"
}
