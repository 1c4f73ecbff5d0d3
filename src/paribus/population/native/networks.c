/* Fully connected networks, one after another: an epoch of training, or a pass over rows.

   The lanes of a vector are units of a layer, so that no lane waits for another network: a member costs
   what it trains, in whatever company. A product sums over its inner index from first to last, one fused
   multiplication and addition at a time, however it is cut into tiles. A layer with a single output is
   laid out along its inputs, and sums over lanes in one fixed order.

   Layouts. Buffers of a batch are (row, unit), each row padded to whole vectors; what stands in the
   padding is never summed into anything else. Weights are (input + 1, unit), the last row the bias. They
   are used where they stand if their rows are whole vectors, else as a padded copy that is brought back
   after the epoch.

   The package builds this where there is a C compiler, once for each kind of processor;
   `population/native/__init__.py` says what the arguments are. */

#include "activations.h"
#include "layout.h"
#include "losses.h"
#include "optimizers.h"
#include "product.h"
#include "sparse.h"

/* What stands below a layer: rows of `row` numbers, in the order that is given, if any. */
typedef struct {
    const float *values;
    int64_t row;
    const int64_t *order;
} Below;

static inline const float *row_of(Below below, int64_t row) {
    return below.values + (below.order ? below.order[row] : row) * below.row;
}

/* `count` numbers of each row, side by side. */
static void pack(const Work *work, Below below, int rows, int from, int count, int64_t apart) {
    for (int row = 0; row < rows; row++)
        memcpy(work->packed + row * apart, row_of(below, row) + from, sizeof(float) * count);
}

static float single_sum(const Layer *layer, const float *values) {
    int64_t k = 0;
    vec sum = {0};
    for (; k + LANES <= layer->inputs; k += LANES)
        sum += *(const vec *)(values + k) * *(const vec *)(layer->at[0] + k);
    if (k < layer->inputs)
        sum += some(values + k, layer->inputs - k) * some(layer->at[0] + k, layer->inputs - k);
    return sum_of(sum) + layer->at[0][layer->stride];
}

/* The layer's sums for `rows` rows: (row, unit), or (row) of a single output. Long rows are summed some
   inputs after others, so that weights come from far away once; the sums go on where they stood, and have
   the same bits. */
static void sums(const Work *work, const Layer *layer, Below below, int rows) {
    const float *start = layer->at[0] + layer->inputs * layer->stride;
    if (layer->single) {
        for (int row = 0; row < rows; row++) layer->values[row] = single_sum(layer, row_of(below, row));
        return;
    }
    if (layer->inputs <= DEPTH && !below.order) {
        product(rows, layer->units, layer->values, layer->stride, layer->inputs, below.values, below.row, 1,
                layer->at[0], layer->stride, start, 0);
        return;
    }
    for (int k = 0; k < layer->inputs; k += DEPTH) {
        int count = layer->inputs - k < DEPTH ? layer->inputs - k : DEPTH;
        pack(work, below, rows, k, count, DEPTH);
        product(rows, layer->units, layer->values, layer->stride, count, work->packed, DEPTH, 1,
                layer->at[0] + k * layer->stride, layer->stride, start, k ? layer->stride : 0);
        start = layer->values;
    }
}

/* Dropout: values that go are 0, those that stay are scaled up, and so are the errors on their way back. */
static void drop(Layer *layer, const float *noise, float rate, int rows) {
    vec scale = all(1.0f / (1.0f - rate));
    for (int row = 0; row < rows; row++)
        for (int64_t n = 0; n < layer->units; n += LANES) {
            int64_t rest = layer->units - n, at = row * layer->stride + n;
            const float *drawn = noise + (int64_t)row * layer->units + n;
            vec u = rest < LANES ? some(drawn, rest) : *(const vec *)drawn;
            vec factor = choose(u >= rate, scale, all(0.0f));
            *(vec *)(layer->values + at) *= factor;
            *(vec *)(layer->factors + at) *= factor;
        }
}

/* The errors by the values below, made before the layer moves. */
static void errors_below(const Layer *layer, Layer *below, const float *errors, int rows) {
    if (layer->single) {
        for (int row = 0; row < rows; row++)
            for (int64_t k = 0; k < below->stride; k += LANES) {
                int64_t at = row * below->stride + k;
                *(vec *)(below->errors + at) =
                    errors[row] * *(const vec *)(layer->at[0] + k) * *(const vec *)(below->factors + at);
            }
        return;
    }
    for (int k = 0; k < layer->inputs; k++)
        for (int n = 0; n < layer->units; n++)
            layer->turned[n * below->stride + k] = layer->at[0][k * layer->stride + n];
    product(rows, layer->inputs, below->errors, below->stride, layer->units, errors, layer->stride, 1,
            layer->turned, below->stride, 0, 0);
    for (int64_t n = 0; n < rows * below->stride; n += LANES)
        *(vec *)(below->errors + n) *= *(const vec *)(below->factors + n);
}

/* One layer's step: its gradient, a stripe at a time, and where it leads. Rows far apart in memory are
   packed first. */
static void learn(const Work *work, const Layer *layer, Below below, const float *errors, int rows,
                  Factors by) {
    if (layer->single) {
        for (int64_t k = 0; k < layer->inputs; k += LANES) {
            int64_t rest = layer->inputs - k;
            vec sum = {0};
            for (int row = 0; row < rows; row++) {
                const float *values = row_of(below, row) + k;
                sum += errors[row] * (rest < LANES ? some(values, rest) : *(const vec *)values);
            }
            *(vec *)work->stripe = sum;
            move(work, layer, k, LANES, 1, by);
        }
        learn_bias(work, layer, errors, rows, by);
        return;
    }
    for (int k = 0; k < layer->inputs; k += STRIPE) {
        int high = layer->inputs - k < STRIPE ? layer->inputs - k : STRIPE;
        const float *values = below.values + k;
        int64_t apart = below.row;
        if (layer->inputs > STRIPE || below.order) {
            pack(work, below, rows, k, high, STRIPE);
            values = work->packed, apart = STRIPE;
        }
        product(high, layer->units, work->stripe, layer->stride, rows, values, 1, apart, errors,
                layer->stride, 0, 0);
        move(work, layer, k * layer->stride, high * layer->stride, 1, by);
    }
    learn_bias(work, layer, errors, rows, by);
}

/* What stands below a layer, from row `first` on. */
static Below below_of(const Work *work, int l, int first) {
    const Networks *e = work->networks;
    const Layer *below = &work->layers[l - 1];
    if (l) return (Below){below->values, below->stride, 0};
    const float *features = e->features[work->member];
    if (e->orders) return (Below){features, e->apart, e->orders[work->member] + first};
    return (Below){features + first * e->apart, e->apart, 0};
}

/* Up to the logits. What trains drops values, and keeps slopes for the way back. */
static void forward(const Work *work, int first, int rows, int trains) {
    const Networks *e = work->networks;
    for (int l = 0; l < e->layers; l++) {
        Layer *layer = &work->layers[l];
        if (l == 0 && e->sparse)
            sparse_sums(layer, e->sparse[work->member], first, rows);
        else
            sums(work, layer, below_of(work, l, first), rows);
        if (l == e->layers - 1) return;
        activate(layer->values, rows * layer->stride, e->activation, e->slope);
        if (trains) {
            const float *noise = e->noise[(int64_t)l * e->members + work->member];
            float rate = e->dropout[(int64_t)work->member * (e->layers - 1) + l];
            slopes(layer->factors, layer->values, rows * layer->stride, e->activation, e->slope);
            if (noise && rate > 0.0f) drop(layer, noise + (int64_t)first * layer->units, rate, rows);
        }
    }
}

static void write_logits(const Work *work, int first, int rows) {
    const Networks *e = work->networks;
    const Layer *last = &work->layers[e->layers - 1];
    float *to = e->logits + ((int64_t)work->member * e->rows + first) * last->units;
    int64_t row_size = last->single ? 1 : last->stride;
    for (int row = 0; row < rows; row++)
        memcpy(to + (int64_t)row * last->units, last->values + row * row_size, sizeof(float) * last->units);
}

static void step(const Work *work, int number, Factors by) {
    const Networks *e = work->networks;
    int first = number * e->batch, rows = e->rows - first < e->batch ? e->rows - first : e->batch;
    const float *truth = e->truth[work->member] + (int64_t)first * e->widths[e->layers];
    Layer *last = &work->layers[e->layers - 1];
    forward(work, first, rows, 1);
    write_logits(work, first, rows);
    errors_of_last(work, last, truth, first, rows);
    const float *errors = last->values;
    for (int l = e->layers - 1; l >= 0; l--) {
        Layer *layer = &work->layers[l], *below = layer - 1;
        if (l) errors_below(layer, below, errors, rows);
        if (l || !e->sparse)
            learn(work, layer, below_of(work, l, first), errors, rows, by);
        else
            sparse_learn(work, layer, e->sparse[work->member], number, errors, rows, by);
        if (l) errors = below->errors;
    }
}

/* One epoch of each member that trains; its logits as they were met. 0, or 1 where there was no memory. */
int epoch(const Networks *e) {
    Work work;
    int ok = enter(&work, e, e->batch, 1), steps = (e->rows + e->batch - 1) / e->batch;
    for (int member = 0; ok && member < e->members; member++) {
        if (!e->trains[member]) continue;
        work.member = member, work.rule = ((const Rule *)e->rule)[member];
        for (int l = 0; l < e->layers; l++) fetch(&work, &work.layers[l], e->states + 1);
        for (int n = 0; n < steps; n++) {
            int64_t at = (int64_t)member * steps + n;
            Factors by = {e->rates[at], e->roots ? e->roots[at] : 1.0f, e->decays[at]};
            step(&work, n, by);
        }
        for (int l = 0; l < e->layers; l++) bring_back(&work, &work.layers[l], e->states + 1);
    }
    leave(&work);
    return !ok;
}

/* The logits of each member that trains for all rows, nothing dropped, `batch` at a time. */
int predict(const Networks *e) {
    Work work;
    int ok = enter(&work, e, e->batch, 0);
    for (int member = 0; ok && member < e->members; member++) {
        if (!e->trains[member]) continue;
        work.member = member;
        for (int l = 0; l < e->layers; l++) fetch(&work, &work.layers[l], 1);
        for (int first = 0; first < e->rows; first += e->batch) {
            int rows = e->rows - first < e->batch ? e->rows - first : e->batch;
            forward(&work, first, rows, 0);
            write_logits(&work, first, rows);
        }
    }
    leave(&work);
    return !ok;
}
