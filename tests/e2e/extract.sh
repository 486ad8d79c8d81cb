#!/usr/bin/env bash
# Features of ResNet-18 against torchvision's: all taps on seeded weights, the real ones up to layer3, safetensors and .pth, folded or not; two
# ranks and one; stopped, damaged and other shards; what is refused.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python extract
many_starts
parity=$CANCE_SOURCE_DIR/tests/parity
real=${CANCE_DATA_ROOT:-$CANCE_SOURCE_DIR/../shared/data}/resnet18-imagenet-layer3/resnet18-imagenet-to-layer3.safetensors

work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cd "$work"
judge() { "$CANCE_TEST_PYTHON" "$parity/extract_files.py" "$@"; }
judge make .
extract() { cance extract --quiet "$@"; }

# Against the golden values: files, cases and taps are judged below, all by one Python.
golden=()
for tap in layer1 layer2 layer3 layer4 avgpool; do
  extract --data colour.h5 --weights random:7 --tap $tap --out "$tap.h5"
  golden+=("$tap.h5" "random:7 3x3x32x32 224" "${tap/avgpool/layer4}")
done
extract --data grey.h5 --weights random:7 --tap layer4 --size 64 --out grey4.h5
golden+=(grey4.h5 "random:7 2x1x28x28 64" layer4)

# Picture files, one of them cut off: left out by name, or refused.
extract --data files.h5 --weights random:7 --size 64 --out files4.h5 2>said
golden+=(files4.h5 "random:7 2x3x100x131 64 files" layer4)
[[ $(<said) == *"left out: train/row 1, train1.png"* ]] || fail "the damaged picture is not named: $(<said)"
cance inspect files4.h5 | grep '"undecoded":."train/row 1, train1.png.*"rows":{"test":"0","train":"0"}' >/dev/null || fail "nor in the manifest"
refused "files.h5: train/row 1, train1.png" cance extract --quiet --strict --data files.h5 --weights random:7 --tap layer1 --out no.h5

# The same weights from files: the same bits.
for weights in random.safetensors random.pth; do
  extract --data colour.h5 --weights $weights --out "$weights.h5"
  judge same avgpool.h5 "$weights.h5"
done
extract --data colour.h5 --weights wrapped.pth --tap layer1 --out wrapped.h5
judge same layer1.h5 wrapped.h5
extract --data colour.h5 --weights folded.safetensors --out folded.h5
golden+=(folded.h5 "random:7 3x3x32x32 224" layer4)

if [[ -f $real ]]; then
  for tap in layer1 layer2 layer3; do
    extract --data colour.h5 --weights "$real" --tap $tap --out "real-$tap.h5"
    golden+=("real-$tap.h5" "real 3x3x32x32 224" "$tap")
  done
  refused "holds nothing of layer4.*--tap avgpool" cance extract --data colour.h5 --weights "$real" --out no.h5
else
  echo "not compared with the real weights: no $real"
fi
judge golden "${golden[@]}"

# Shards: two ranks make the same bits; what is there is kept, what is damaged or of other settings is made anew.
long() { extract --data long.h5 --weights random:7 --tap layer1 --size 32 --shard-rows 16 --batch 5 "$@"; }
long --out one.h5
CANCE_BIN=$CANCE_BIN local_ranks 2 extract --quiet --data long.h5 --weights random:7 --tap layer1 --size 32 --shard-rows 16 --batch 5 --out two.h5
judge same one.h5 two.h5
cance verify one.h5 two.h5 >/dev/null
cance inspect one.h5 --json | grep '"train": "0-49"' >/dev/null || fail "the manifest does not name the rows"
before=$(stat -c %y one.h5.shards/train-00001.h5)
rm one.h5.shards/train-00000.h5 one.h5
printf 'x' | dd of=one.h5.shards/test-00000.h5 bs=1 seek=900 conv=notrunc status=none
said=$(cance extract --data long.h5 --weights random:7 --tap layer1 --size 32 --shard-rows 16 --batch 5 --out one.h5 2>&1)
[[ $said == *"device cpu, fp32; 2 of 5 shards to do on 1 rank"* || -e /dev/nvidiactl ]] || fail "not two shards anew: $said"
[[ $(stat -c %y one.h5.shards/train-00001.h5) == "$before" ]] || fail "a finished shard was made again"
judge same one.h5 two.h5

# What would be lost is refused before any work: other features or data, what is read, other kinds of files, a folder.
refused "one.h5: holds resnet18 layer1 by the weights .*lost to resnet18 layer2" cance extract --data long.h5 --weights random:7 --tap layer2 --size 32 --out one.h5
refused "one.h5: holds resnet18 layer1" cance extract --data long.h5 --weights random:8 --tap layer1 --size 32 --out one.h5
refused "long.h5: it is also what is read" cance extract --data long.h5 --weights random:7 --out ./long.h5
refused "random.pth: it is also what is read" cance extract --data long.h5 --weights random.pth --out random.pth
cance prep glyphs --train-per-class 4 --test-per-class 2 --out glyphs.h5 >/dev/null
refused "glyphs.h5: holds no features" cance extract --data long.h5 --weights random:7 --tap layer1 --out glyphs.h5
cp "$CANCE_SOURCE_DIR/tests/compat/run-1.1.h5" run.h5
refused "run.h5: there is a cance run file" cance extract --data long.h5 --weights random:7 --out run.h5
refused "run.h5: there is a cance run file" cance prep glyphs --out run.h5
mkdir folder
refused "folder: it is a folder" cance extract --data long.h5 --weights random:7 --out folder
[[ ! -e folder.shards ]] || fail "work was done for nothing"

# Half the precision: other numbers, near those of float32.
extract --data long.h5 --weights random:7 --tap layer2 --size 64 --precision fp32 --out full.h5
extract --data long.h5 --weights random:7 --tap layer2 --size 64 --precision bf16 --out half.h5
judge near half.h5 full.h5 .02

# Stopped between batches, and on again.
"$CANCE_BIN/cance" extract --data long.h5 --weights random:7 --size 224 --shard-rows 4 --out stopped.h5 2>said &
extraction=$!
for _ in $(seq 300); do
  [[ -z $(compgen -G 'stopped.h5.shards/*.h5' || true) ]] || break
  sleep .1
done
kill -TERM $extraction
code=0
wait $extraction || code=$?
[[ $code -eq 75 && ! -e stopped.h5 ]] || fail "stopped with $code: $(<said)"

refused "no 'conv1.weight' of.*did you mean 'conv.weight'" cance extract --data colour.h5 --weights misnamed.safetensors --out no.h5
refused "'layer1.0.conv1.weight' has the shape" cance extract --data colour.h5 --weights misshapen.safetensors --tap layer1 --out no.h5
refused "asks for 'os system', which is not run" cance extract --data colour.h5 --weights evil.pth --out no.h5
refused "neither safetensors nor" cance extract --data colour.h5 --weights "$here/extract.sh" --out no.h5
refused "absent.pth" cance extract --data colour.h5 --weights absent.pth --out no.h5
refused "expected a file or random:SEED" cance extract --data colour.h5 --weights random:x --out no.h5
refused "expected avgpool or layer1" cance extract --data colour.h5 --weights random:7 --tap layer5 --out no.h5
[[ -e /dev/nvidiactl ]] || refused "--precision fp16: for GPUs only" cance extract --data colour.h5 --weights random:7 --precision fp16 --out no.h5
refused "--precision fp8" cance extract --data colour.h5 --weights random:7 --precision fp8 --out no.h5
refused "are no pictures" cance extract --data one.h5 --weights random:7 --out no.h5
[[ -e /dev/nvidiactl ]] || refused "--device cuda: no driver" cance extract --data colour.h5 --weights random:7 --device cuda --out no.h5
# A dry run refuses the same, but asks for no GPU, which may be another machine's.
dry() { cance extract --dry-run --out no.h5 --data colour.h5 "$@"; }
dry --weights random:7 --device cuda --precision fp16
refused "--precision fp8" dry --weights random:7 --precision fp8
refused "--device gpu: expected auto, cpu or cuda" dry --weights random:7 --device gpu
refused "absent.h5" cance extract --dry-run --data absent.h5 --weights random:7 --out no.h5
refused "absent.pth" dry --weights absent.pth
[[ ! -e no.h5 && ! -e no.h5.shards ]] || fail "something was left behind"
