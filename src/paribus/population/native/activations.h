/* Activations: a layer's values from its sums, in place. */

#pragma once

#include "layout.h"

#define SELU_ALPHA 1.6732632423543772f
#define SELU_SCALE 1.0507009873554805f

static inline vec elu(vec x, float alpha, float scale) {
    return choose(x > 0.0f, x, alpha * (exponential(x) - 1.0f)) * scale;
}

static void activate(float *values, int64_t count, int activation, float below) {
    vec *v = (vec *)values;
    count /= LANES;
    if (activation == RELU)
        for (int64_t n = 0; n < count; n++) v[n] = choose(v[n] < 0.0f, all(0.0f), v[n]);
    else if (activation == TANH)
        for (int64_t n = 0; n < count; n++) v[n] = hyperbolic(v[n]);
    else if (activation == SIGMOID)
        for (int64_t n = 0; n < count; n++) v[n] = logistic(v[n]);
    else if (activation == LEAKY_RELU)
        for (int64_t n = 0; n < count; n++) v[n] = choose(v[n] < 0.0f, v[n] * below, v[n]);
    else if (activation == ELU)
        for (int64_t n = 0; n < count; n++) v[n] = elu(v[n], 1.0f, 1.0f);
    else if (activation == SELU)
        for (int64_t n = 0; n < count; n++) v[n] = elu(v[n], SELU_ALPHA, SELU_SCALE);
}

/* By how much a value moves with its sum, from the value. */
static void slopes(float *slope, const float *values, int64_t count, int activation, float below) {
    vec *s = (vec *)slope;
    const vec *v = (const vec *)values;
    count /= LANES;
    if (activation == RELU)
        for (int64_t n = 0; n < count; n++) s[n] = choose(v[n] > 0.0f, all(1.0f), all(0.0f));
    else if (activation == TANH)
        for (int64_t n = 0; n < count; n++) s[n] = 1.0f - v[n] * v[n];
    else if (activation == SIGMOID)
        for (int64_t n = 0; n < count; n++) s[n] = v[n] * (1.0f - v[n]);
    else if (activation == LEAKY_RELU)
        for (int64_t n = 0; n < count; n++) s[n] = choose(v[n] > 0.0f, all(1.0f), all(below));
    else if (activation == ELU)
        for (int64_t n = 0; n < count; n++) s[n] = choose(v[n] > 0.0f, all(1.0f), v[n] + 1.0f);
    else if (activation == SELU)
        for (int64_t n = 0; n < count; n++)
            s[n] = choose(v[n] > 0.0f, all(SELU_SCALE), v[n] + SELU_SCALE * SELU_ALPHA);
    else
        for (int64_t n = 0; n < count; n++) s[n] = all(1.0f);
}
