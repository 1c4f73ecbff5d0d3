/* Optimizers: where parameters go. */

#pragma once

#include "layout.h"

/* Penalties, a bound and decay, before the optimizer sees the gradient. A bias isn't penalised. */
static void shape_gradient(const Rule *rule, vec *w, vec *slope, int64_t count, int penalised, float decay) {
    if (penalised && (rule->l1 || rule->twice_l2))
        for (int64_t n = 0; n < count; n++) {
            vec sign = choose(w[n] > 0.0f, all(1.0f), choose(w[n] < 0.0f, all(-1.0f), all(0.0f)));
            slope[n] = slope[n] + sign * rule->l1 + w[n] * rule->twice_l2;
        }
    if (rule->limit < INFINITY)
        for (int64_t n = 0; n < count; n++) {
            vec high = choose(slope[n] > rule->limit, all(rule->limit), slope[n]);
            slope[n] = choose(high < -rule->limit, all(-rule->limit), high);
        }
    if (rule->coupled)
        for (int64_t n = 0; n < count; n++) slope[n] += w[n] * rule->coupled;
    if (decay)
        for (int64_t n = 0; n < count; n++) w[n] -= w[n] * decay;
}

/* Parameters move by the gradient that stands in `stripe`: `count` numbers, whole vectors, from number
   `from` of a layer. */
static void move(const Work *work, const Layer *layer, int64_t from, int64_t count, int penalised,
                 Factors by) {
    const Networks *e = work->networks;
    Rule rule = work->rule;
    vec *w = (vec *)(layer->at[0] + from), *first = (vec *)(layer->at[1] + from),
        *second = (vec *)(layer->at[2] + from);
    vec *slope = (vec *)work->stripe;
    /* Keras' velocity holds the learning rate, PyTorch's doesn't. */
    float before = e->torch ? 1.0f : by.rate, after = e->torch ? by.rate : 1.0f;
    /* Where RMSprop's epsilon stands. */
    float under = e->torch ? 0.0f : rule.epsilon, beside = e->torch ? rule.epsilon : 0.0f;
    count /= LANES;
    shape_gradient(&rule, w, slope, count, penalised, by.decay);
    if (e->optimizer == SGD) {
        for (int64_t n = 0; n < count; n++) {
            vec step = slope[n] * before;
            if (e->momentum) {
                vec speed = first[n] = first[n] * rule.kept + step;
                if (e->nesterov)
                    step = speed * rule.kept + step;
                else
                    step = speed;
            }
            w[n] -= step * after;
        }
    } else if (e->optimizer == ADAM) {
        for (int64_t n = 0; n < count; n++) {
            vec g = slope[n];
            vec one = first[n] + (g - first[n]) * rule.new_first;
            vec two = second[n] + (g * g - second[n]) * rule.new_second;
            first[n] = one;
            second[n] = two;
            w[n] -= quotient(by.rate * one, root(two) * by.root + rule.epsilon);
        }
    } else {
        for (int64_t n = 0; n < count; n++) {
            vec g = slope[n];
            vec square = first[n] = first[n] + (g * g - first[n]) * rule.new_first;
            vec below = root(square + under) + beside;
            vec step = quotient(g * before, below);
            if (e->momentum) step = second[n] = second[n] * rule.kept + step;
            w[n] -= step * after;
        }
    }
}

/* The bias' part of a layer's step. */
static void learn_bias(const Work *work, const Layer *layer, const float *errors, int rows, Factors by) {
    if (layer->single) {
        vec sum = {0};
        for (int row = 0; row < rows; row++) sum[0] += errors[row];
        *(vec *)work->stripe = sum;
        move(work, layer, layer->stride, LANES, 0, by);
        return;
    }
    for (int64_t n = 0; n < layer->stride; n += LANES) {
        vec sum = {0};
        for (int row = 0; row < rows; row++) sum += *(const vec *)(errors + row * layer->stride + n);
        *(vec *)(work->stripe + n) = sum;
    }
    move(work, layer, layer->inputs * layer->stride, layer->stride, 0, by);
}
