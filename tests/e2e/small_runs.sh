#!/usr/bin/env bash
# small_runs.sh FOLDER: small trained runs of every kind and what they were trained on, for the tests of what is made of them.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=small_methods.sh
. "$here/small_methods.sh"
need_python small_runs
many_starts
trap end_starts EXIT
rm -rf "$1"
mkdir -p "$1"
cd "$1"

# small_config METHODS: small.cfg, one cell of so few epochs that seconds do.
small_config() {
  cat >small.cfg <<CFG
[grid]
cases = 0
methods = $1
[autoencoder]
channels = 8,16
epochs = 2
decoder_epochs = 1
[nce]
hidden = 32,32
epochs = 3
CFG
}

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

"$CANCE_TEST_PYTHON" "$here/make_score_data.py" .
cance prep glyphs --train-per-class 120 --test-per-class 30 --out data/glyphs.h5 >/dev/null
cance prep table --raw train.csv --label kind --normal ok --drop note --missing mean --out data/tab.h5 >/dev/null
cance prep folder --raw pictures --size 16 --out data/pictures.h5 >/dev/null
table=(--set grid.dataset=tab --set grid.protocol=goad --set grid.cases=all)
comparison_config
train compared --set grid.dataset=glyphs --set split.labelled_share=0.01 --set grid.methods=$image_methods
train compared_table "${table[@]}" --set grid.methods=$table_methods
small_config random,knn,error,latnce,gaussian,cnce,cance
train conv --set grid.dataset=glyphs
train gcn --set grid.dataset=glyphs --set input.normalisation=gcn --set input.flips=on --set feature.contrast=on --set feature.transform=log
train channel --set grid.dataset=glyphs --set input.normalisation=channel --set compute.precision=float64
train streamed --set grid.dataset=glyphs --set data.window=256
train float64 --set grid.dataset=glyphs --set compute.precision=float64
train pca --set grid.dataset=glyphs --set autoencoder.network=pca
train pca64 --set grid.dataset=glyphs --set autoencoder.network=pca --set compute.precision=float64
train table "${table[@]}"
train table64 "${table[@]}" --set compute.precision=float64 --set feature.transform=log
train pictures --set grid.dataset=pictures --set grid.protocol=given --set grid.cases=all --set autoencoder.channels=8,16
local_ranks 2 run small.cfg --data-root data --threads 1 --quiet --out runs/team --ranks-per-run 2 --set grid.dataset=glyphs >/dev/null 2>&1
mv "$(find runs/team -name seed0.h5)" runs/team.h5
