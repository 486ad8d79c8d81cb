# shellcheck shell=bash
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

# train NAME ARGUMENTS...: the only cell of runs/NAME, as runs/NAME.h5.
train() {
  local name=$1
  shift
  cance run small.cfg --data-root data --threads 1 --quiet --out "runs/$name" "$@" >/dev/null 2>&1 || fail "training $name"
  mv "$(find "runs/$name" -name seed0.h5)" "runs/$name.h5"
}
