#!/usr/bin/env bash
# Train the readers that ship: benchmarks/train_shipped.sh DATA OUT
#
# DATA is the folder of the data sets car-a, checks and mnist; lists and runs go to OUT, models to OUT/weights. Where DATA/fonts or
# OUT/fonts is there (benchmarks/fonts.py), half of what is drawn are fields of the world. Finished parts are kept, an interrupted
# run continues from its checkpoint. DOCREADER is the command. DEVICE is cpu, for a machine of two cores, or cuda: batches four
# times as large and many more steps, as for the models that ship.
set -euo pipefail
data=$1 out=$2
docreader=${DOCREADER:-docreader}
sets=$out/sets
mkdir -p "$out/weights"
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
device=${DEVICE:-cpu}
if [ "$device" = cpu ]; then
  first=(--epochs 300) folds=(--epochs 6) last=(--epochs 40 --lr 0.002)
  cut=(--batch-size 20 --pool 3200 --epochs 70)
else
  large=(--batch-size 128 --pool 10000)
  first=("${large[@]}" --lr 0.0045 --epochs 1000) folds=("${large[@]}" --lr 0.003 --epochs 270)
  last=("${large[@]}" --lr 0.003 --epochs 174) cut=("${large[@]}" --lr 0.003 --epochs 750)
fi

[ -f "$sets/all.csv" ] || ${PYTHON:-python} "$(dirname "$0")/training_sets.py" "$data" "$sets"

fonts=()
for folder in "$data/fonts" "$out/fonts"; do [ -d "$folder" ] && fonts=(--fonts "$folder"); done

# train LIST NEGATIVES NAME OPTIONS...: $out/NAME/NAME.safetensors; three images of ten have no clean amount, half of them
# drawn; they are for the SDNN alone
train() {
  local list=$1 negatives=(--negative 0.3 --negatives "$sets/$2.csv") name=$3 resume=
  [ "$2" = none ] && negatives=()
  shift 3
  [ -f "$out/$name/$name.safetensors" ] && return
  [ -f "$out/$name/checkpoint.safetensors" ] && resume=--resume
  $docreader train reader "$sets/$list.csv" --out "$out/$name" --name "$name" --val-fraction 0 --synthetic 0.4 \
    --digits "$data/mnist" "${fonts[@]}" "${negatives[@]}" --jobs 0 --device "$device" $resume "$@"
}

# HOS, on the other core
train learn none reader-hos --method hos "${cut[@]}" &
cutting=$!
trap 'kill "$cutting" 2> /dev/null || true' EXIT

# 600 strings and no check: for the results, the temperature and the thresholds
train reader-learn negatives-600 reader-sdnn-600 "${first[@]}"
six=$out/reader-sdnn-600/calibrated.safetensors
$docreader calibrate --strings "$sets/held.csv" --temperature 1 --model "$out/reader-sdnn-600/reader-sdnn-600.safetensors" --out "$six"
$docreader evaluate "$sets/held.csv" --field amount --grammar digits --model "$six"

# without the strings on which cleaning lost the amount
later=(--max-loss 16)
# further on the fields of two thirds of the checks: thresholds for whole checks, each fold read by a model not trained on it
for fold in 0 1 2; do
  train "reader-fold$fold" "negatives-fold$fold" "fold$fold" --pretrained "$six" "${later[@]}" "${folds[@]}" --copy-calibration-from "$six"
  $docreader evaluate "$sets/checks$fold.csv" --model "$out/fold$fold/fold$fold.safetensors" --predictions "$out/fold$fold/predictions.csv"
done

# all strings and fields: the SDNN that ships
train reader-all negatives reader-sdnn --pretrained "$six" "${later[@]}" "${last[@]}" --copy-calibration-from "$six"
$docreader calibrate "$out"/fold?/predictions.csv --field check --half --model "$out/reader-sdnn/reader-sdnn.safetensors" \
  --out "$out/reader-sdnn/calibrated.safetensors"

# thresholds with images without an amount, and evidence beside the posterior if it pays: drawn images that no model has seen
[ -f "$sets/evidence/drawn.csv" ] || \
  ${PYTHON:-python} "$(dirname "$0")/evidence_lists.py" "$sets" "$data/mnist" "$sets/evidence" "${fonts[@]}"
$docreader calibrate --evidence "$sets/evidence/drawn.csv" --half --model "$out/reader-sdnn/calibrated.safetensors" \
  --out "$out/weights/reader-sdnn.safetensors"

# HOS and the ensemble
wait "$cutting"
$docreader calibrate --strings "$sets/held.csv" --half --model "$out/reader-hos/reader-hos.safetensors" \
  --out "$out/weights/reader-hos.safetensors"
$docreader train ensemble "$sets/held.csv" --defer-below 0.98 --first "$six" --second "$out/weights/reader-hos.safetensors" --out "$out/weights/ensemble-600.json"
