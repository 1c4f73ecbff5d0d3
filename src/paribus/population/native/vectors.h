/* Vectors of float32, and the functions of them that networks need. */

#pragma once

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __AVX512F__
#include <immintrin.h>
#define LANES 16
#define ROWS 8
#else
#define LANES 8
#define ROWS 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline int64_t whole(int64_t numbers) { return (numbers + LANES - 1) / LANES * LANES; }

static inline vec all(float value) { return value - (vec){0}; }

static inline vec choose(bits mask, vec yes, vec no) {
    return (vec)((mask & (bits)yes) | (~mask & (bits)no));
}

/* Lane by lane, in one fixed order. */
static inline float sum_of(vec v) {
    float sum = 0.0f;
    for (int lane = 0; lane < LANES; lane++) sum += v[lane];
    return sum;
}

/* The first `count` numbers, the other lanes 0. */
static inline vec some(const float *from, int64_t count) {
    vec v = {0};
    memcpy(&v, from, sizeof(float) * count);
    return v;
}

#ifdef __AVX512F__
/* Within a bit of the exact ones: a Newton step from 14 bits is several times faster than the processor's
   exact root and quotient. */
static inline vec root(vec x) {
    __m512 v = (__m512)x, guess = _mm512_rsqrt14_ps(v), half = _mm512_mul_ps(v, _mm512_set1_ps(0.5f));
    __m512 root = _mm512_mul_ps(v, guess);
    __m512 rest = _mm512_fnmadd_ps(_mm512_mul_ps(half, guess), guess, _mm512_set1_ps(0.5f));
    root = _mm512_fmadd_ps(root, rest, root);
    /* 0, infinity and less than 0 are the processor's own affair. */
    __mmask16 plain = _mm512_cmp_ps_mask(v, _mm512_set1_ps(1e-36f), _CMP_GT_OQ) &
                      _mm512_cmp_ps_mask(v, _mm512_set1_ps(1e36f), _CMP_LT_OQ);
    if (plain != 0xFFFF) return (vec)_mm512_mask_blend_ps(plain, _mm512_sqrt_ps(v), root);
    return (vec)root;
}

static inline vec quotient(vec a, vec b) {
    __m512 n = (__m512)a, d = (__m512)b, guess = _mm512_rcp14_ps(d);
    guess = _mm512_fmadd_ps(guess, _mm512_fnmadd_ps(d, guess, _mm512_set1_ps(1.0f)), guess);
    __m512 q = _mm512_mul_ps(n, guess);
    q = _mm512_fmadd_ps(_mm512_fnmadd_ps(d, q, n), guess, q);
    __m512 size = _mm512_abs_ps(d);
    __mmask16 plain = _mm512_cmp_ps_mask(size, _mm512_set1_ps(1e-36f), _CMP_GT_OQ) &
                      _mm512_cmp_ps_mask(size, _mm512_set1_ps(1e36f), _CMP_LT_OQ) &
                      _mm512_cmp_ps_mask(_mm512_abs_ps(q), _mm512_set1_ps(1e36f), _CMP_LT_OQ);
    if (plain != 0xFFFF) return (vec)_mm512_mask_blend_ps(plain, _mm512_div_ps(n, d), q);
    return (vec)q;
}
#else
static inline vec root(vec x) {
    vec v;
    for (int lane = 0; lane < LANES; lane++) v[lane] = sqrtf(x[lane]);
    return v;
}

static inline vec quotient(vec a, vec b) { return a / b; }
#endif

/* e^x to the last bit or the one before (Cephes' polynomial); NaN stays NaN. */
static inline vec exponential(vec x) {
    bits known = x == x;
    vec clipped = choose(x > 88.0f, all(88.0f), choose(x < -87.0f, all(-87.0f), x));
    vec shifted = clipped * 1.44269504f + 12582912.0f; /* rounds to a whole number in the low bits */
    vec power = shifted - 12582912.0f;
    vec r = clipped - power * 0.693359375f + power * 2.12194440e-4f;
    vec p = all(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    vec scaled = (vec)((bits)p + (((bits)shifted - 0x4B400000) << 23));
    return choose(known, scaled, x);
}

static inline vec logistic(vec x) { return 1.0f / (1.0f + exponential(-x)); }

static inline vec hyperbolic(vec x) {
    vec z = x * x;
    vec p = all(-5.70498872745e-3f);
    p = p * z + 2.06390887954e-2f;
    p = p * z - 5.37397155531e-2f;
    p = p * z + 1.33314422036e-1f;
    p = p * z - 3.33332819422e-1f;
    vec near = p * z * x + x;
    return choose(z < 0.390625f, near, 1.0f - 2.0f / (exponential(2.0f * x) + 1.0f));
}
