/* What is asked, and how a network lies in memory while it is at work. */

#pragma once

#include "vectors.h"

#define DEPTH 128 /* inputs of a layer that are summed at once, where rows are longer: see `wide_sums` */
#define STRIPE 64 /* rows of a gradient that are made and used at once: they stay in the first cache */

enum activation { RELU, TANH, SIGMOID, LINEAR, LEAKY_RELU, ELU, SELU };
enum optimizer { SGD, ADAM, RMSPROP };
enum kind { BINARY, MULTICLASS, REGRESSION, MULTILABEL };

/* Rows of which only the numbers that aren't 0 are stored. */
typedef struct {
    const int64_t *order;   /* (row): where a row stands, or nothing where they stand in order */
    const int64_t *starts;  /* (row + 1): a row's first entry */
    const int32_t *columns; /* (entry): its feature */
    const float *values;
    /* The same for steps, once more by feature, those of a step that have entries. */
    const int64_t *step_starts;  /* (step + 1): a step's first feature */
    const int32_t *touched;      /* (feature of a step) */
    const int64_t *touch_starts; /* (feature of a step + 1): its first entry */
    const int32_t *rows;         /* (entry): its row in the batch */
    const float *turned;         /* (entry): its value */
} Sparse;

typedef struct {
    int32_t members, rows, batch, layers, activation, kind, mse, optimizer, states;
    int32_t torch; /* PyTorch's forms of the optimizers, not Keras' */
    int32_t momentum, nesterov;
    int32_t weighted;       /* numbers of a row in `weights`; 0 for none */
    float slope;            /* of a leaky ReLU below 0 */
    int64_t width;          /* numbers of a member in `tables` */
    int64_t apart;          /* numbers from one row of `features` to the next */
    const int32_t *widths;  /* layers + 1 */
    const uint8_t *trains;  /* (member): whether it still does */
    const float **features; /* a member's: (row, widths[0]), `apart`; or */
    const int64_t **orders; /* a member's: (row), where its rows stand, if not in order */
    const Sparse **sparse;  /* a member's, where most features of a row are 0 */
    const float **truth;    /* a member's: (row, outputs) */
    const float **weights;  /* a member's: how much each row counts, (row, weighted) */
    const float **noise;    /* (hidden layer, member): (row, unit), or nothing where none is dropped */
    const float *rates;     /* (member, step): the learning rate and what else a step multiplies by */
    const float *roots;     /* (member, step): what Adam's root is multiplied by, or nothing */
    const float *decays;    /* (member, step): the share of a weight that goes */
    const float *dropout;   /* (member, hidden layer) */
    const float *rule;      /* (member, 9): the numbers of `Rule` */
    float *tables[3];       /* parameters and optimizer states, each (member, width) */
    float *logits;          /* (member, row, outputs) */
} Networks;

/* A member's numbers, in this order. `new_...` is the share of a new value in a state; `coupled` is the
   decay that counts as a gradient. */
typedef struct {
    float kept, new_first, new_second, epsilon, l1, twice_l2, limit, coupled, smoothing;
} Rule;

/* A layer of the network at hand. `stride` is the numbers of a row of `at`; `single` says that its one
   output is laid out along the inputs, followed by the bias. */
typedef struct {
    int inputs, units, single, copied;
    int64_t stride, room, start;
    float *own[3], *at[3], *turned, *values, *factors, *errors;
} Layer;

typedef struct {
    const Networks *networks;
    Layer *layers;
    float *stripe, *packed;
    int member;
    Rule rule;
} Work;

/* What a step multiplies by. */
typedef struct {
    float rate, root, decay;
} Factors;

/* Between a member's numbers as they stand in the tables and as they are used. */
static void fetch(const Work *work, Layer *layer, int tables) {
    for (int t = 0; t < tables; t++) {
        float *numbers = work->networks->tables[t] + work->member * work->networks->width + layer->start;
        layer->at[t] = layer->copied ? layer->own[t] : numbers;
        if (!layer->copied) continue;
        if (layer->single) {
            memcpy(layer->own[t], numbers, sizeof(float) * layer->inputs);
            layer->own[t][layer->stride] = numbers[layer->inputs];
        } else
            for (int k = 0; k <= layer->inputs; k++)
                memcpy(layer->own[t] + k * layer->stride, numbers + k * layer->units,
                       sizeof(float) * layer->units);
    }
}

static void bring_back(const Work *work, const Layer *layer, int tables) {
    if (!layer->copied) return;
    for (int t = 0; t < tables; t++) {
        float *numbers = work->networks->tables[t] + work->member * work->networks->width + layer->start;
        if (layer->single) {
            memcpy(numbers, layer->own[t], sizeof(float) * layer->inputs);
            numbers[layer->inputs] = layer->own[t][layer->stride];
        } else
            for (int k = 0; k <= layer->inputs; k++)
                memcpy(numbers + k * layer->units, layer->own[t] + k * layer->stride,
                       sizeof(float) * layer->units);
    }
}

static float *make(int64_t numbers) {
    float *made = aligned_alloc(64, (sizeof(float) * (numbers + LANES) + 63) / 64 * 64);
    if (made) memset(made, 0, sizeof(float) * (numbers + LANES));
    return made;
}

static void leave(Work *work) {
    for (int l = 0; work->layers && l < work->networks->layers; l++) {
        Layer *layer = &work->layers[l];
        for (int t = 0; t < 3; t++) free(layer->own[t]);
        free(layer->turned), free(layer->values), free(layer->factors), free(layer->errors);
    }
    free(work->layers), free(work->stripe), free(work->packed);
}

/* Room for batches of `rows` rows; 0 where there is none. */
static int enter(Work *work, const Networks *e, int rows, int trains) {
    int64_t start = 0, widest = LANES;
    int ok = 1;
    *work = (Work){.networks = e, .layers = calloc(e->layers, sizeof(Layer))};
    for (int l = 0; work->layers && l < e->layers; l++) {
        Layer *layer = &work->layers[l];
        layer->inputs = e->widths[l], layer->units = e->widths[l + 1];
        layer->single = l == e->layers - 1 && layer->units == 1;
        layer->stride = whole(layer->single ? layer->inputs : layer->units);
        layer->room = layer->single ? layer->stride + LANES : (layer->inputs + 1) * layer->stride;
        layer->copied = layer->single || layer->stride != layer->units;
        layer->start = start;
        start += (int64_t)(layer->inputs + 1) * layer->units;
        if (layer->stride > widest) widest = layer->stride;
        for (int t = 0; layer->copied && t <= (trains ? e->states : 0); t++)
            ok &= !!(layer->own[t] = make(layer->room));
        ok &= !!(layer->values = make(layer->single ? whole(rows) : rows * layer->stride));
        if (!trains || l == e->layers - 1) continue;
        ok &= !!(layer->factors = make(rows * layer->stride));
        ok &= !!(layer->errors = make(rows * layer->stride));
    }
    for (int l = 1; trains && work->layers && l < e->layers; l++)
        if (!work->layers[l].single)
            ok &= !!(work->layers[l].turned = make(e->widths[l + 1] * whole(e->widths[l])));
    ok &= !!(work->stripe = make(STRIPE * widest)) & !!(work->packed = make(DEPTH * rows));
    return ok && work->layers;
}
