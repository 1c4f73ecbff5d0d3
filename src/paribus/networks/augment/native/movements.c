/* Images of bytes moved and made intensities, in one pass: what `augment/geometry.py` has PyTorch do.

   An image becomes floats once, with a rim around it, so that every place can be read without asking whether
   it lies inside; then each pixel is read between the four around the place it comes from, all channels at
   once. Every sum is rounded where PyTorch's `grid_sample` rounds, by fused multiplications and additions in
   the same order: on processors with AVX2 or AVX-512 the numbers are the same to the bit. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __FMA__
#include <immintrin.h>
#endif

#define BLOCK 64 /* pixels of a line whose places are found at once */
#define LANES 4  /* channels that are read and written at once: those beyond an image's are never used */

typedef float four __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

enum fill { REFLECT, NEAREST, CONSTANT };

typedef struct {
    const uint8_t *pixels; /* (row, height, width, channel) */
    const float *across;   /* (row, 2, width): what a pixel's column gives to the x and y it comes from */
    const float *down;     /* (row, 2, height): the same of its line */
    float *moved;          /* (row, height, width, channel), intensities */
    int32_t rows, height, width, channels;
    int32_t fill;
    int32_t whole; /* places are rounded to whole pixels */
    float most;    /* intensities are cut off here */
} Movements;

/* Where pixels come from: the place left of or above it, and how far beyond that it is. */
typedef struct {
    int32_t before[BLOCK];
    float beyond[BLOCK];
} Places;

/* The rim: a pixel on the left and above, which is read where `fill` is constant; two on the right and below,
   which are read with a weight of 0 too. */
static const int RIM = 3;

/* A place beyond the edges thrown back from them, as often as it must be; edges lie half a pixel out. */
static inline float reflected(float place, float size) {
    float twice = size * 2.0f, distance = fabsf(place + 0.5f);
    float rest = distance - truncf(distance / twice) * twice, other = twice - rest;
    return (other < rest ? other : rest) - 0.5f;
}

/* Of places from -1 to 1 between the outer edges. None leaves the rim, whatever numbers come in: the first
   of the two comparisons takes what is no number to `low`. */
static void find(Places *places, const float *along, float more, int count, float size, int fill, int whole) {
    float low = fill == CONSTANT ? -1.0f : 0.0f, high = fill == CONSTANT ? size : size - 1.0f;
    float half = size / 2.0f;
    for (int n = 0; n < count; n++) {
        float place = (along[n] + more + 1.0f) * half - 0.5f;
        if (fill == REFLECT) place = reflected(place, size);
        place = place > low ? place : low;
        place = place < high ? place : high;
        if (whole) place = rintf(place);
        float before = floorf(place);
        places->before[n] = (int32_t)before;
        places->beyond[n] = place - before;
    }
}

static inline four added(four sum, four values, float weight) {
#ifdef __FMA__
    return (four)_mm_fmadd_ps((__m128)values, _mm_set1_ps(weight), (__m128)sum);
#else
    return sum + values * weight;
#endif
}

static inline four at_most(four ceiling, four values) {
    bits beyond = values > ceiling;
    return (four)((beyond & (bits)ceiling) | (~beyond & (bits)values));
}

/* Pixels between the four around their places, by the distances to the sides across. Writes LANES numbers from
   each pixel on: the next pixel writes over what is beyond its channels. */
static inline __attribute__((always_inline)) void blend(float *to, const float *image, int32_t line,
                                                        int channels, const Places *x, const Places *y,
                                                        int count, float most) {
    four ceiling = most - (four){0};
    for (int n = 0; n < count; n++) {
        const float *at = image + y->before[n] * line + x->before[n] * channels;
        float west = x->beyond[n], east = 1.0f - west, north = y->beyond[n], south = 1.0f - north;
        four sum = *(const four *)at * (south * east);
        sum = added(sum, *(const four *)(at + channels), south * west);
        sum = added(sum, *(const four *)(at + line), north * east);
        sum = added(sum, *(const four *)(at + line + channels), north * west);
        *(four *)(to + n * channels) = at_most(ceiling, sum);
    }
}

/* A moved image. Lines are made in a buffer with room for LANES more numbers. */
static inline __attribute__((always_inline)) void move_image(const Movements *m, const float *image,
                                                             int32_t line, int row, int channels,
                                                             float *buffer) {
    const float *across = m->across + (int64_t)row * 2 * m->width;
    const float *down = m->down + (int64_t)row * 2 * m->height;
    int64_t numbers = (int64_t)m->width * channels;
    float *to = m->moved + row * numbers * m->height;
    Places x, y;
    for (int at = 0; at < m->height; at++) {
        for (int first = 0; first < m->width; first += BLOCK) {
            int count = m->width - first < BLOCK ? m->width - first : BLOCK;
            find(&x, across + first, down[at], count, m->width, m->fill, m->whole);
            find(&y, across + m->width + first, down[m->height + at], count, m->height, m->fill, m->whole);
            blend(buffer + (int64_t)first * channels, image, line, channels, &x, &y, count, m->most);
        }
        memcpy(to + at * numbers, buffer, sizeof(float) * numbers);
    }
}

/* The pixels of a row as intensities, inside the rim. */
static void open_image(const Movements *m, int row, float *image, int32_t line) {
    int64_t numbers = (int64_t)m->width * m->channels;
    const uint8_t *pixels = m->pixels + row * numbers * m->height;
    for (int y = 0; y < m->height; y++)
        for (int64_t n = 0; n < numbers; n++)
            image[(int64_t)y * line + n] = (float)pixels[y * numbers + n] / 255.0f;
}

/* Images of 1 or 3 channels. 0, or 1 where there was no memory. */
int move(const Movements *m) {
    int32_t line = (m->width + RIM) * m->channels;
    float *padded = calloc((size_t)line * (m->height + RIM) + LANES, sizeof(float));
    float *buffer = malloc(sizeof(float) * ((size_t)line + LANES));
    int ok = padded && buffer;
    for (int row = 0; ok && row < m->rows; row++) {
        float *image = padded + line + m->channels;
        open_image(m, row, image, line);
        if (m->channels == 1)
            move_image(m, image, line, row, 1, buffer);
        else
            move_image(m, image, line, row, 3, buffer);
    }
    free(padded);
    free(buffer);
    return !ok;
}
