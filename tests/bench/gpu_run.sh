#!/bin/bash
# Checks and timings on a machine with an NVIDIA GPU. Builds nothing and stops at nothing: every part runs in a process
# and a time of its own. Usage: gpu_run.sh FOLDER_OF_BINARIES OUT_FOLDER [quick|checks|model|recall|gemv|times|models|hybrid|long|peers|sanitizer ...]
# FOLDER_OF_BINARIES holds liblectern_cuda.so, lectern_cuda_check and, for `model` and `models`, lectern_cuda_model.
bin=$(cd "${1:?folder of binaries}" && pwd)
out=${2:?folder for logs}
shift 2
parts=${*:-checks model recall times models peers sanitizer}
mkdir -p "$out"
here=$(cd "$(dirname "$0")" && pwd)
export LECTERN_CUDA_MODULE=$bin/liblectern_cuda.so
summary=$out/summary.md
: >"$summary"
say() { echo "$*" | tee -a "$summary"; }

# cuBLAS may come with the toolkit or with a Python package.
for lib in $(ldconfig -p | sed -n 's/.*=> \(.*libcublas\.so\.1[1-9]\)$/\1/p') \
    $(find /usr/local /opt /usr/lib -name 'libcublas.so.1[1-9]' 2>/dev/null); do
    [ -z "$LECTERN_CUBLAS" ] && export LECTERN_CUBLAS=$lib
done
[ -n "$LECTERN_CUBLAS" ] && export LD_LIBRARY_PATH=$(dirname "$LECTERN_CUBLAS"):$LD_LIBRARY_PATH

say "# GPU run, $(date -u '+%Y-%m-%d %H:%M') UTC"
nvidia-smi --query-gpu=name,driver_version,memory.used,utilization.gpu,clocks.sm --format=csv >"$out/nvidia-smi.txt" 2>&1
say "$(tail -1 "$out/nvidia-smi.txt"); cuBLAS ${LECTERN_CUBLAS:-not found}"

# run NAME SECONDS COMMAND...: one process, its log, one line of summary.
run() {
    local name=$1 limit=$2
    shift 2
    timeout -k 5 "$limit" "$@" >"$out/$name.log" 2>&1
    code=$?
    say "- $name: exit $code, $(grep -c '^ok' "$out/$name.log") ok, $(grep -c '^WRONG' "$out/$name.log") wrong"
    grep -E '^(WRONG|FAILED|SKIP)' "$out/$name.log" | head -6 | tee -a "$summary"
    [ $code -ge 124 ] && tail -2 "$out/$name.log" | tee -a "$summary"
}

for part in $parts; do
    say "## $part ($SECONDS s)"
    case $part in
    quick) # every kernel but prefill's, in one process
        run quick 50 "$bin/lectern_cuda_check" --only norms --only small --only embed --only linear --only rope \
            --only attention_decode
        ;;
    gemv)
        run gemv 30 "$bin/lectern_cuda_check" --only time_copy --only time_gemv
        grep '^|' "$out/gemv.log" | tee -a "$summary"
        ;;
    checks)
        for name in $("$bin/lectern_cuda_check" --list | grep -v '^time_\|wgmma' | grep -E "${ONLY:-.}"); do
            run "$name" 20 "$bin/lectern_cuda_check" --only "$name"
        done
        LECTERN_CUBLAS=none run linear_own_gemm 20 "$bin/lectern_cuda_check" --only linear_
        # These come last, and the first that hangs ends them; without them the models take the other kernel.
        for name in $("$bin/lectern_cuda_check" --list | grep 'wgmma' | grep -v '^time_' | grep -E "${ONLY:-.}"); do
            run "$name" 12 "$bin/lectern_cuda_check" --only "$name"
            [ $code -ne 0 ] && export LECTERN_CUDA_NO_WGMMA=1
            [ $code -ge 124 ] && break
        done
        ;;
    model)
        run model 60 "$bin/lectern_cuda_model" --checks "${MINI:-resources/models/lectern-mini.gguf}"
        grep '^|' "$out/model.log" | tee -a "$summary"
        ;;
    times)
        for name in $("$bin/lectern_cuda_check" --list | grep '^time_'); do
            [ -n "$LECTERN_CUDA_NO_WGMMA" ] && [[ $name == *wgmma* ]] && [ $code -ge 124 ] && continue
            run "$name" 20 "$bin/lectern_cuda_check" --only "$name"
            grep '^|' "$out/$name.log" | tee -a "$summary"
        done
        ;;
    models)
        while read -r name limit arguments; do
            # shellcheck disable=SC2086
            run "$name" "$limit" "$bin/lectern_cuda_model" --times $arguments
            grep '^|' "$out/$name.log" | tee -a "$summary"
        done <<ROWS
models_7b 75 llama-2-7b f16 131072 full llama-2-7b f16 131072 longgen llama-2-7b f16 102400 full llama-2-7b f16 102400 duo:0.25
models_8b 75 llama-3-8b f16 131072 full llama-3-8b f16 131072 longgen llama-3-8b f16 131072 duo:0.5
models_7b_q4 45 llama-2-7b q4_k 131072 longgen
ROWS
        ;;
    hybrid) # the rows whose products with one token weigh most
        run hybrid 75 "$bin/lectern_cuda_model" --times llama-2-7b q4_k 131072 longgen llama-3-8b f16 131072 longgen \
            llama-2-7b f16 131072 longgen
        grep '^|' "$out/hybrid.log" | tee -a "$summary"
        ;;
    long)
        run models_8b_long 140 "$bin/lectern_cuda_model" --times llama-3-8b f16 327680 full llama-3-8b f16 327680 duo:0.5
        grep '^|' "$out/models_8b_long.log" | tee -a "$summary"
        ;;
    recall)
        run recall 40 "$bin/lectern_cuda_model" --recall "${MINI:-resources/models/lectern-mini.gguf}" 131072
        grep '^|' "$out/recall.log" | tee -a "$summary"
        ;;
    peers)
        run peers 60 python3 "$here/torch_peers.py"
        grep '^|' "$out/peers.log" | tee -a "$summary"
        ;;
    sanitizer)
        sanitizer=$(command -v compute-sanitizer || ls /usr/local/cuda*/bin/compute-sanitizer 2>/dev/null | head -1)
        [ -z "$sanitizer" ] && say "compute-sanitizer is not installed" && continue
        for tool in ${TOOLS:-memcheck racecheck synccheck initcheck}; do
            for name in ${SMALL:-linear_Q4_K attention_decode_64 linear_Q6_K norms small rope_append linear_F16 linear_Q8_0 linear_Q4_0 \
                attention_prefill_mma_64 attention_prefill_wgmma_64}; do
                LECTERN_CHECK_FEW=1 run "${tool}_$name" 20 "$sanitizer" --tool $tool --error-exitcode 9 \
                    "$bin/lectern_cuda_check" --only "$name"
                grep -E 'ERROR SUMMARY|RACECHECK SUMMARY' "$out/${tool}_$name.log" | tail -1 | tee -a "$summary"
            done
        done
        ;;
    esac
done
grep -cE '^(WRONG|FAILED)' "$summary"
