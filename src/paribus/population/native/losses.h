/* Losses: the gradient by the logits, which it overwrites. */

#pragma once

#include "layout.h"

/* Truth that leaves a share of certainty to all of `classes`. */
static inline vec smoothed(vec truth, float share, int classes) {
    return truth * (1.0f - share) + share / classes;
}

/* The logits of a single output become the gradient of the mean loss by them. */
static void errors_of_one(const Networks *e, float *logits, const float *truth, int rows, float smoothing) {
    float share = (e->mse ? 2.0f : 1.0f) / rows;
    for (int n = 0; n < rows; n += LANES) {
        vec *z = (vec *)(logits + n),
            y = rows - n < LANES ? some(truth + n, rows - n) : *(const vec *)(truth + n);
        vec p = e->kind == REGRESSION ? *z : logistic(*z);
        vec error = (p - smoothed(y, smoothing, 2)) * share;
        if (e->mse && e->kind != REGRESSION) error *= p * (1.0f - p);
        *z = error;
    }
}

/* The same for a row of several outputs. */
static void errors_of_row(const Networks *e, float *logits, const float *truth, int outputs, float share,
                          float smoothing) {
    float peak = logits[0], sum = 0.0f, mixed = 0.0f;
    for (int n = 1; n < outputs; n++) peak = logits[n] > peak ? logits[n] : peak;
    for (int n = 0; n < outputs; n += LANES) {
        vec *z = (vec *)(logits + n);
        if (e->kind == MULTICLASS) *z = exponential(*z - peak);
        if (e->kind == MULTILABEL) *z = logistic(*z);
    }
    if (e->kind == MULTICLASS) {
        for (int n = 0; n < outputs; n++) sum += logits[n];
        for (int n = 0; n < outputs; n++) logits[n] /= sum;
        if (e->mse)
            for (int n = 0; n < outputs; n++) mixed += (logits[n] - truth[n]) * logits[n];
    }
    for (int n = 0; n < outputs; n += LANES) {
        vec *z = (vec *)(logits + n), p = *z,
            y = outputs - n < LANES ? some(truth + n, outputs - n) : *(const vec *)(truth + n);
        vec error = (p - smoothed(y, smoothing, e->kind == MULTICLASS ? outputs : 2) - mixed) * share;
        if (e->mse && e->kind == MULTICLASS) error *= p;
        if (e->mse && e->kind == MULTILABEL) error *= p * (1.0f - p);
        *z = error;
    }
}

/* The last layer's logits become its errors. */
static void errors_of_last(const Work *work, const Layer *last, const float *truth, int first, int rows) {
    const Networks *e = work->networks;
    if (last->single)
        errors_of_one(e, last->values, truth, rows, work->rule.smoothing);
    else {
        float share =
            (e->mse ? 2.0f : 1.0f) / ((float)rows * (e->mse || e->kind == MULTILABEL ? last->units : 1));
        for (int r = 0; r < rows; r++)
            errors_of_row(e, last->values + r * last->stride, truth + (int64_t)r * last->units, last->units,
                          share, work->rule.smoothing);
    }
    if (!e->weighted) return;
    const float *weights = e->weights[work->member] + (int64_t)first * e->weighted;
    int64_t apart = last->single ? 1 : last->stride;
    for (int r = 0; r < rows; r++)
        for (int n = 0; n < last->units; n++)
            last->values[r * apart + n] *= weights[r * e->weighted + (e->weighted > 1 ? n : 0)];
}
