/* The first layer where most features of a row are 0: work by the entries that stand, in their order. */

#pragma once

#include "layout.h"
#include "optimizers.h"

/* Some columns of to = start + sum over the entries n of values[n] * matrix[rows[n]]. */
static inline __attribute__((always_inline)) void gather(const int wide, float *to, const float *start,
                                                         int64_t entries, const float *values,
                                                         const int32_t *rows, const float *matrix,
                                                         int64_t stride) {
    vec sum[4];
    for (int v = 0; v < wide; v++) sum[v] = start ? *(const vec *)(start + v * LANES) : (vec){0};
    for (int64_t n = 0; n < entries; n++)
        for (int v = 0; v < wide; v++)
            sum[v] += values[n] * *(const vec *)(matrix + rows[n] * stride + v * LANES);
    for (int v = 0; v < wide; v++) *(vec *)(to + v * LANES) = sum[v];
}

/* The same for all columns of a matrix whose rows are `stride` numbers. */
static void gather_rows(float *to, const float *start, int64_t entries, const float *values,
                        const int32_t *rows, const float *matrix, int64_t stride) {
    for (int64_t unit = 0; unit < stride;) {
        int64_t left = (stride - unit) / LANES;
        const float *first = start ? start + unit : 0;
        if (left >= 4) {
            gather(4, to + unit, first, entries, values, rows, matrix + unit, stride);
            unit += 4 * LANES;
        } else if (left >= 2) {
            gather(2, to + unit, first, entries, values, rows, matrix + unit, stride);
            unit += 2 * LANES;
        } else {
            gather(1, to + unit, first, entries, values, rows, matrix + unit, stride);
            unit += LANES;
        }
    }
}

static float gather_numbers(int64_t entries, const float *values, const int32_t *rows, const float *numbers) {
    float sum = 0.0f;
    for (int64_t n = 0; n < entries; n++) sum += values[n] * numbers[rows[n]];
    return sum;
}

/* The layer's sums: (row, unit), or (row) of a single output. */
static void sparse_sums(const Layer *layer, const Sparse *features, int first, int rows) {
    for (int row = 0; row < rows; row++) {
        int64_t place = features->order ? features->order[first + row] : first + row;
        int64_t start = features->starts[place], entries = features->starts[place + 1] - start;
        const float *values = features->values + start, *weights = layer->at[0];
        const int32_t *columns = features->columns + start;
        if (layer->single)
            layer->values[row] = gather_numbers(entries, values, columns, weights) + weights[layer->stride];
        else
            gather_rows(layer->values + row * layer->stride, weights + layer->inputs * layer->stride, entries,
                        values, columns, weights, layer->stride);
    }
}

/* The layer's step: every weight moves, those without an entry by a gradient of 0. */
static void sparse_learn(const Work *work, const Layer *layer, const Sparse *features, int step,
                         const float *errors, int rows, Factors by) {
    int64_t at = features->step_starts[step], end = features->step_starts[step + 1];
    int64_t row_size = layer->single ? 1 : layer->stride;
    for (int k = 0; k < layer->inputs; k += STRIPE) {
        int high = layer->inputs - k < STRIPE ? layer->inputs - k : STRIPE;
        int64_t numbers = whole(high * row_size);
        memset(work->stripe, 0, sizeof(float) * numbers);
        for (; at < end && features->touched[at] < k + high; at++) {
            int64_t start = features->touch_starts[at], entries = features->touch_starts[at + 1] - start;
            const float *values = features->turned + start;
            const int32_t *at_rows = features->rows + start;
            float *to = work->stripe + (features->touched[at] - k) * row_size;
            if (layer->single)
                *to = gather_numbers(entries, values, at_rows, errors);
            else
                gather_rows(to, 0, entries, values, at_rows, errors, layer->stride);
        }
        move(work, layer, k * row_size, numbers, 1, by);
    }
    learn_bias(work, layer, errors, rows, by);
}

/* Lay the entries of each step's batch out by feature. 0, or 1 where there was no memory. */
int turn(Sparse *features, int rows, int batch, int inputs) {
    int64_t *step_starts = (int64_t *)features->step_starts,
            *touch_starts = (int64_t *)features->touch_starts;
    int32_t *touched = (int32_t *)features->touched, *rows_of = (int32_t *)features->rows;
    float *turned = (float *)features->turned;
    int64_t *next = malloc(sizeof(int64_t) * inputs), found = 0, entries = 0;
    if (!next) return 1;
    for (int first = 0, step = 0; first < rows; first += batch, step++) {
        int high = rows - first < batch ? rows - first : batch;
        memset(next, 0, sizeof(int64_t) * inputs);
        for (int row = 0; row < high; row++) {
            int64_t place = features->order[first + row];
            for (int64_t n = features->starts[place]; n < features->starts[place + 1]; n++)
                next[features->columns[n]]++;
        }
        step_starts[step] = found;
        for (int k = 0; k < inputs; k++) {
            if (!next[k]) continue;
            touched[found] = k, touch_starts[found++] = entries;
            entries += next[k];
            next[k] = entries - next[k];
        }
        for (int row = 0; row < high; row++) {
            int64_t place = features->order[first + row];
            for (int64_t n = features->starts[place]; n < features->starts[place + 1]; n++) {
                int64_t to = next[features->columns[n]]++;
                rows_of[to] = row, turned[to] = features->values[n];
            }
        }
        step_starts[step + 1] = found, touch_starts[found] = entries;
    }
    free(next);
    return 0;
}
