/* Matrix products: the columns of a tile are lanes. */

#pragma once

#include "vectors.h"

#define COLUMNS 3

/* A tile of c[row, column] = start[row, column] + sum over k of a[row, k] b[k, column]. Strides count
   numbers; one of 0 for `start` is the same start for all rows. */
static inline __attribute__((always_inline)) void tile(const int rows, const int columns, float *c,
                                                       int64_t c_row, int depth, const float *a,
                                                       int64_t a_row, int64_t a_depth, const float *b,
                                                       int64_t b_depth, const float *start,
                                                       int64_t start_row) {
    vec sum[ROWS][COLUMNS];
    for (int r = 0; r < rows; r++)
        for (int n = 0; n < columns; n++)
            sum[r][n] = start ? *(const vec *)(start + r * start_row + n * LANES) : (vec){0};
    for (int k = 0; k < depth; k++) {
        vec right[COLUMNS];
        for (int n = 0; n < columns; n++) right[n] = *(const vec *)(b + k * b_depth + n * LANES);
        for (int r = 0; r < rows; r++)
            for (int n = 0; n < columns; n++) sum[r][n] += a[r * a_row + k * a_depth] * right[n];
    }
    for (int r = 0; r < rows; r++)
        for (int n = 0; n < columns; n++) *(vec *)(c + r * c_row + n * LANES) = sum[r][n];
}

#define TILE(HIGH, WIDE)                                                                            \
    case (HIGH) * 4 + (WIDE):                                                                       \
        tile(HIGH, WIDE, to, c_row, depth, left, a_row, a_depth, right, b_depth, first, start_row); \
        break;
#define TILES(HIGH) TILE(HIGH, 1) TILE(HIGH, 2) TILE(HIGH, 3)

static void product(int64_t rows, int64_t columns, float *c, int64_t c_row, int depth, const float *a,
                    int64_t a_row, int64_t a_depth, const float *b, int64_t b_depth, const float *start,
                    int64_t start_row) {
    int64_t left_over = whole(columns) / LANES;
    for (int64_t n = 0; left_over;) {
        int64_t wide = left_over == 4 ? 2 : left_over < COLUMNS ? left_over : COLUMNS;
        for (int64_t r = 0; r < rows; r += ROWS) {
            int64_t high = rows - r < ROWS ? rows - r : ROWS;
            float *to = c + r * c_row + n;
            const float *left = a + r * a_row, *right = b + n, *first = start ? start + r * start_row + n : 0;
            switch (high * 4 + wide) {
                TILES(1)
                TILES(2) TILES(3) TILES(4)
#if ROWS == 8
                    TILES(5) TILES(6) TILES(7) TILES(8)
#endif
            }
        }
        n += wide * LANES;
        left_over -= wide;
    }
}
