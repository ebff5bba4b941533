/* What liblectern_cuda.so offers: a table of C functions, found by name at run time (cuda_module.h). No CUDA
 * header is needed to use it, and nothing in it ends the process: every function returns a LecternCudaCode,
 * and the sentence that goes with it is read by lastMessage(). Pointers named `device...` are device memory
 * taken with allocate(). Operations are queued on the context's one stream, in order; synchronize() and
 * download() wait for them. One thread a context at a time.
 *
 * Arrays are row-major. Activations are f32 (residual stream, logits) or f16 (inputs of products, queries,
 * keys, values).
 *
 * A page of the device's KV cache: 64 tokens of one KV head, keys and then values, f16. Each is cut in slabs
 * of 64 columns (32 where headDim is not a multiple of 64): slab s holds columns [s * span, ...) of the 64
 * tokens, token-major, and within eight tokens the 16-byte pieces of a row are exchanged as the tensor cores'
 * 128-byte (64-byte) swizzle wants them. So a page is one plain copy from memory to shared memory for every
 * kernel, sm_80 to sm_120. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LECTERN_CUDA_ABI 3
#define LECTERN_CUDA_PAGE 64

typedef enum LecternCudaCode {
    LECTERN_CUDA_OK = 0,
    LECTERN_CUDA_OUT_OF_MEMORY = 1, /* nothing was taken; may be tried again with less */
    LECTERN_CUDA_FAULT = 2,         /* sticky: the context is lost, only destroy() may follow */
    LECTERN_CUDA_UNUSABLE = 3, /* no driver, too old a driver, no such device, no code for its architecture */
    LECTERN_CUDA_USAGE = 4,    /* a shape this version can not compute */
} LecternCudaCode;

typedef struct LecternCudaDevice {
    char name[128];
    int32_t computeMajor, computeMinor, multiprocessors;
    uint64_t totalBytes, freeBytes, l2Bytes;
    int32_t cublas; /* 1: products run through cuBLAS; 0: it was not found, own kernels are used */
} LecternCudaDevice;

/* Which keys the queries of one KV head see (engine/attention/patterns.h): key k <= q where k >=
 * windowBegin(q), which is max(0, (q / block - blocks + 1) * block), or where k lies in a kept run [begin + i
 * * period, ... + length). keptPages says which pages the runs touch: `runPages` of every `periodPages` from
 * `firstPage`. Heads that read in chunks (engine/attention/sink_chunk.h) have chunk > 0, and their window
 * begins `recent` before the query's chunk. */
typedef struct LecternCudaHead {
    int32_t block, blocks; /* blocks 0: all keys */
    int32_t keptBegin, keptLength, keptPeriod;
    int32_t firstPage, runPages, periodPages; /* runPages 0: none */
    int32_t chunk, recent, readBegin, readEnd;
} LecternCudaHead;

typedef enum LecternCudaKernel { /* for tests; AUTO takes the fastest */
                                 LECTERN_CUDA_AUTO = 0,
                                 LECTERN_CUDA_SPLIT_KV = 1,
                                 LECTERN_CUDA_MMA = 80,
                                 LECTERN_CUDA_WGMMA = 90,
} LecternCudaKernel;

typedef struct LecternCudaAttention {
    int32_t heads, kvHeads, headDim;
    float scale, softcap;
    const void* queries;      /* packed pages, see ropeAppend */
    void* out;                /* f16 [tokens][heads * headDim] */
    void* outSplit;           /* or null; one token: out once more, as split() writes it */
    const void* pool;         /* pages of this layer */
    const int32_t* pageTable; /* [kvHeads][tableStride]: page number -> page of the pool */
    int32_t tableStride;
    const LecternCudaHead* headPatterns; /* [kvHeads], device memory */
    const int32_t* position;             /* device: position of the first query */
    int32_t tokens;
    void* workspace; /* decode: attentionWorkspace() bytes */
    /* Decode: [kvHeads + 1], device memory, from splits(): which of the totalSplits parts are whose. Null:
     * evenly. */
    const int32_t* splits;
    int32_t totalSplits;
    int32_t kernel;  /* LecternCudaKernel */
} LecternCudaAttention;

typedef struct LecternCudaRope {
    int32_t heads, kvHeads, headDim, dimensions;
    int32_t neox;                         /* 0: pairs (2i, 2i + 1); 1: pairs (i, i + dimensions / 2) */
    const float* qkv;                     /* [tokens][(heads + 2 kvHeads) * headDim]: queries, keys, values */
    const float *queryNorm, *keyNorm;     /* RMS norm weights or null */
    int32_t queryNormWidth, keyNormWidth; /* headDim, or all heads at once */
    float epsilon;
    const float* cosSin; /* [tokens][dimensions / 2][2] */
    void* queries;       /* packed pages: [kvHeads][rows / 64][...], row = token * group + head in group */
    void* pool;
    const int32_t* pageTable;
    int32_t tableStride;
    const int32_t* position;
    int32_t tokens;
} LecternCudaRope;

typedef enum LecternCudaWeightType { /* of a matrix on the device */
                                     LECTERN_CUDA_F16 = 1,
                                     LECTERN_CUDA_Q4_0 = 2,
                                     LECTERN_CUDA_Q8_0 = 8,
                                     LECTERN_CUDA_Q4_K = 12,
                                     LECTERN_CUDA_Q6_K = 14,
} LecternCudaWeightType;

typedef struct LecternCudaLinear {
    int32_t type, rows, cols;
    const void* weights;        /* [rows][...] in the type's device layout (see prepareWeights) */
    const float* bias;          /* [rows] or null */
    const void* x;              /* f16 [tokens][cols] */
    const void* xSplit;         /* one token and quantised weights: x as split() writes it */
    float* out;                 /* f32 [tokens][outStride] */
    int32_t outStride;          /* floats from one token's output to the next's, at least rows */
    int32_t tokens, accumulate; /* accumulate: out += */
    void* unpacked; /* f16 [rows][cols], scratch for products of many tokens with quantised weights */
} LecternCudaLinear;

typedef struct LecternCudaContext LecternCudaContext;

typedef struct LecternCudaApi {
    uint32_t abi, bytes; /* LECTERN_CUDA_ABI, sizeof(LecternCudaApi) */

    /* Without a context: message must have room for 512 bytes. */
    int32_t (*open)(int32_t device, LecternCudaContext** out, LecternCudaDevice* about, char* message);
    void (*close)(LecternCudaContext*);
    const char* (*lastMessage)(LecternCudaContext*);
    int32_t (*memory)(LecternCudaContext*, uint64_t* freeBytes, uint64_t* totalBytes);

    int32_t (*allocate)(LecternCudaContext*, uint64_t bytes, void** out); /* zeroed */
    int32_t (*release)(LecternCudaContext*, void*);
    int32_t (*upload)(LecternCudaContext*, void* to, const void* from, uint64_t bytes);
    int32_t (*download)(LecternCudaContext*, void* to, const void* from, uint64_t bytes);
    int32_t (*copy)(LecternCudaContext*, void* to, const void* from, uint64_t bytes); /* device to device */
    int32_t (*synchronize)(LecternCudaContext*);

    /* Milliseconds between two marks, by device events. */
    int32_t (*mark)(LecternCudaContext*, int32_t which); /* 0 or 1 */
    int32_t (*elapsed)(LecternCudaContext*, float* ms);

    /* What is queued between begin and end is recorded, not run; launch runs it. */
    int32_t (*graphBegin)(LecternCudaContext*);
    int32_t (*graphEnd)(LecternCudaContext*, void** graph);
    int32_t (*graphLaunch)(LecternCudaContext*, void* graph);
    int32_t (*graphRelease)(LecternCudaContext*, void* graph);

    uint64_t (*pageBytes)(int32_t headDim);
    uint64_t (*queryBytes)(int32_t heads, int32_t kvHeads, int32_t headDim, int32_t tokens);
    uint64_t (*attentionWorkspace)(LecternCudaContext*, int32_t heads, int32_t kvHeads, int32_t headDim);
    /* Deals the parts of decode's work to heads that keep so many pages each: starts [kvHeads + 1], in host
     * memory; the last is the number of parts. */
    int32_t (*splits)(LecternCudaContext*, int32_t kvHeads, const int64_t* pages, int32_t* starts);
    uint64_t (*weightBytes)(int32_t type, int32_t rows, int32_t cols); /* 0: the type has no device layout */
    /* From the file's layout, in host memory, to device memory. */
    int32_t (*prepareWeights)(LecternCudaContext*, int32_t type, int32_t rows, int32_t cols, const void* from,
                              void* to);

    /* cosSin [tokens][pairs][2]: magnitude times cos and sin of position times frequency, in float64 until
     * the end. */
    int32_t (*angles)(LecternCudaContext*, const double* frequencies, int32_t pairs, double magnitude,
                      const int32_t* position, float* cosSin, int32_t tokens);
    int32_t (*ropeAppend)(LecternCudaContext*, const LecternCudaRope*);
    int32_t (*attention)(LecternCudaContext*, const LecternCudaAttention*);
    int32_t (*linear)(LecternCudaContext*, const LecternCudaLinear*);
    /* out[token] = row tokens[token] of the embedding times scale. */
    int32_t (*embed)(LecternCudaContext*, int32_t type, const void* table, int32_t rows, int32_t width,
                     const int32_t* tokens, int32_t count, float scale, float* out);
    /* A token's input of products with quantised weights: f16 [cols] -> splitBytes(cols). cols: a multiple
     * of 32. */
    uint64_t (*splitBytes)(int32_t cols);
    int32_t (*split)(LecternCudaContext*, const void* x, void* out, int32_t cols);
    /* RMS norm (bias null) or layer norm. Exactly one of outHalf, outFloat, addTo (which is added to).
     * outSplit: null, or beside outHalf and one token: the same split. */
    int32_t (*norm)(LecternCudaContext*, const float* x, const float* weight, const float* bias,
                    int32_t layerNorm, float epsilon, void* outHalf, void* outSplit, float* outFloat,
                    float* addTo, int32_t tokens, int32_t width);
    int32_t (*toHalf)(LecternCudaContext*, const float* x, void* out, uint64_t count);
    int32_t (*add)(LecternCudaContext*, float* x, const float* y, uint64_t count);
    /* kind 0: silu(gate) * up, 1: gelu(gate) * up, 2: gelu(gate). gateUp [tokens][gate width | up width]. */
    int32_t (*activate)(LecternCudaContext*, int32_t kind, const float* gateUp, void* outHalf, void* outSplit,
                        int32_t tokens, int32_t width);
    int32_t (*softcap)(LecternCudaContext*, float* x, float cap, uint64_t count);
    /* The index of the largest of `count` numbers, the first of equals. */
    int32_t (*argmax)(LecternCudaContext*, const float* x, int32_t count, int32_t* out);
    /* *value += by, on the device. */
    int32_t (*advance)(LecternCudaContext*, int32_t* value, int32_t by);
    /* Copies pages inside a pool: pairs of (from, to), `count` of them, device memory. */
    int32_t (*movePages)(LecternCudaContext*, const void* fromPool, void* toPool, int32_t headDim,
                         const int32_t* pairs, int32_t count);
} LecternCudaApi;

typedef const LecternCudaApi* (*LecternCudaEntry)(void);
#define LECTERN_CUDA_ENTRY "lecternCudaApi"

#ifdef __cplusplus
}
#endif
