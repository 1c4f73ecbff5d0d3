/* Fully connected networks, one after another: an epoch of training, or a pass over rows.

   The lanes of a vector are units of a layer, so that no lane waits for another network: a member costs
   what it trains, in whatever company. A product sums over its inner index from first to last, one fused
   multiplication and addition at a time, however it is cut into tiles. A layer with a single output is
   laid out along its inputs, and sums over lanes in one fixed order.

   Layouts. Buffers of a batch are (row, unit), each row padded to whole vectors; what stands in the
   padding is never summed into anything else. Weights are (input + 1, unit), the last row the bias. They
   are used where they stand if their rows are whole vectors, else as a padded copy that is brought back
   after the epoch.

   The package builds this file where there is a C compiler, once for each kind of processor;
   `population/native/__init__.py` says what the arguments are. */

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
#define COLUMNS 3
#define STRIPE 64 /* rows of a gradient that are made and used at once: they stay in the first cache */

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int32_t bits __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

enum activation { RELU, TANH, SIGMOID, LINEAR };
enum optimizer { SGD, ADAM, RMSPROP };
enum kind { BINARY, MULTICLASS, REGRESSION };

typedef struct {
    int32_t members, rows, batch, layers, activation, kind, mse, optimizer, momentum, states;
    int64_t width;          /* numbers of a member in `tables` */
    const int32_t *widths;  /* layers + 1 */
    const uint8_t *trains;  /* (member): whether it still does */
    const float **features; /* a member's: (row, widths[0] + 1), the last not used */
    const float **truth;    /* a member's: (row, outputs) */
    const float **noise;    /* (hidden layer, member): (row, unit), or nothing where none is dropped */
    const float *rates;     /* (member, step): the learning rate and what else a step multiplies by */
    const float *dropout;   /* (member, hidden layer) */
    const float *kept;      /* (member): SGD's momentum */
    const float *new_first; /* (member): the share of a new value in the first state */
    const float *new_second;
    const float *epsilon;
    float *tables[3];       /* parameters and optimizer states, each (member, width) */
    float *logits;          /* (member, row, outputs) */
} Networks;

static inline int64_t whole(int64_t numbers) { return (numbers + LANES - 1) / LANES * LANES; }

static inline vec all(float value) { return value - (vec){0}; }

static inline vec choose(bits mask, vec yes, vec no) { return (vec)((mask & (bits)yes) | (~mask & (bits)no)); }

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

/* A tile of c[row, column] = start[column] + sum over k of a[row, k] b[k, column]. Strides count numbers. */
static inline __attribute__((always_inline)) void tile(
    const int rows, const int columns, float *c, int64_t c_row, int depth, const float *a, int64_t a_row,
    int64_t a_depth, const float *b, int64_t b_depth, const float *start) {
    vec sum[ROWS][COLUMNS];
    for (int r = 0; r < rows; r++)
        for (int n = 0; n < columns; n++) sum[r][n] = start ? *(const vec *)(start + n * LANES) : (vec){0};
    for (int k = 0; k < depth; k++) {
        vec right[COLUMNS];
        for (int n = 0; n < columns; n++) right[n] = *(const vec *)(b + k * b_depth + n * LANES);
        for (int r = 0; r < rows; r++)
            for (int n = 0; n < columns; n++) sum[r][n] += a[r * a_row + k * a_depth] * right[n];
    }
    for (int r = 0; r < rows; r++)
        for (int n = 0; n < columns; n++) *(vec *)(c + r * c_row + n * LANES) = sum[r][n];
}

#define TILE(HIGH, WIDE)                                                                     \
    case (HIGH) * 4 + (WIDE):                                                                \
        tile(HIGH, WIDE, to, c_row, depth, left, a_row, a_depth, right, b_depth, first);     \
        break;
#define TILES(HIGH) TILE(HIGH, 1) TILE(HIGH, 2) TILE(HIGH, 3)

static void product(
    int64_t rows, int64_t columns, float *c, int64_t c_row, int depth, const float *a, int64_t a_row,
    int64_t a_depth, const float *b, int64_t b_depth, const float *start) {
    int64_t left_over = whole(columns) / LANES;
    for (int64_t n = 0; left_over;) {
        int64_t wide = left_over == 4 ? 2 : left_over < COLUMNS ? left_over : COLUMNS;
        for (int64_t r = 0; r < rows; r += ROWS) {
            int64_t high = rows - r < ROWS ? rows - r : ROWS;
            float *to = c + r * c_row + n;
            const float *left = a + r * a_row, *right = b + n, *first = start ? start + n : 0;
            switch (high * 4 + wide) {
                TILES(1) TILES(2) TILES(3) TILES(4)
#if ROWS == 8
                TILES(5) TILES(6) TILES(7) TILES(8)
#endif
            }
        }
        n += wide * LANES;
        left_over -= wide;
    }
}

/* A layer of the network at hand. `stride` is the numbers of a row of `at`, `apart` those in the tables;
   `single` says that its one output is laid out along the inputs, followed by the bias. */
typedef struct {
    int inputs, units, single, copied;
    int64_t stride, room, apart, start;
    float *own[3], *at[3], *turned, *values, *factors, *errors;
} Layer;

typedef struct {
    const Networks *networks;
    Layer *layers;
    float *stripe;
    int member;
    float kept, new_first, new_second, epsilon;
} Work;

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
                memcpy(layer->own[t] + k * layer->stride, numbers + k * layer->units, sizeof(float) * layer->units);
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
                memcpy(numbers + k * layer->units, layer->own[t] + k * layer->stride, sizeof(float) * layer->units);
    }
}

static void activate(float *values, int64_t count, int activation) {
    vec *v = (vec *)values;
    count /= LANES;
    if (activation == RELU)
        for (int64_t n = 0; n < count; n++) v[n] = choose(v[n] < 0.0f, all(0.0f), v[n]);
    else if (activation == TANH)
        for (int64_t n = 0; n < count; n++) v[n] = hyperbolic(v[n]);
    else if (activation == SIGMOID)
        for (int64_t n = 0; n < count; n++) v[n] = logistic(v[n]);
}

/* By how much a value moves with its sum, from the value. */
static void slopes(float *slope, const float *values, int64_t count, int activation) {
    vec *s = (vec *)slope;
    const vec *v = (const vec *)values;
    count /= LANES;
    if (activation == RELU)
        for (int64_t n = 0; n < count; n++) s[n] = choose(v[n] > 0.0f, all(1.0f), all(0.0f));
    else if (activation == TANH)
        for (int64_t n = 0; n < count; n++) s[n] = 1.0f - v[n] * v[n];
    else if (activation == SIGMOID)
        for (int64_t n = 0; n < count; n++) s[n] = v[n] * (1.0f - v[n]);
    else
        for (int64_t n = 0; n < count; n++) s[n] = all(1.0f);
}

/* The layer's sums for `rows` rows of what stands below it: (row, unit), or (row) of a single output. */
static void sums(const Layer *layer, const float *below, int64_t below_row, int rows) {
    if (!layer->single) {
        const float *bias = layer->at[0] + layer->inputs * layer->stride;
        product(rows, layer->units, layer->values, layer->stride, layer->inputs, below, below_row, 1,
                layer->at[0], layer->stride, bias);
        return;
    }
    for (int row = 0; row < rows; row++) {
        const float *values = below + row * below_row;
        int64_t k = 0;
        vec sum = {0};
        for (; k + LANES <= layer->inputs; k += LANES) sum += *(const vec *)(values + k) * *(const vec *)(layer->at[0] + k);
        if (k < layer->inputs) sum += some(values + k, layer->inputs - k) * some(layer->at[0] + k, layer->inputs - k);
        layer->values[row] = sum_of(sum) + layer->at[0][layer->stride];
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

/* The logits of a single output become the gradient of the mean loss by them. */
static void errors_of_one(const Networks *e, float *logits, const float *truth, int rows) {
    float share = (e->mse ? 2.0f : 1.0f) / rows;
    for (int n = 0; n < rows; n += LANES) {
        vec *z = (vec *)(logits + n), y = rows - n < LANES ? some(truth + n, rows - n) : *(const vec *)(truth + n);
        vec p = e->kind == BINARY ? logistic(*z) : *z;
        vec error = (p - y) * share;
        if (e->mse && e->kind == BINARY) error *= p * (1.0f - p);
        *z = error;
    }
}

/* The same for a row of several outputs. */
static void errors_of_row(const Networks *e, float *z, const float *truth, int outputs, float share) {
    if (e->kind == MULTICLASS) {
        float peak = z[0], sum = 0.0f;
        for (int n = 1; n < outputs; n++) peak = z[n] > peak ? z[n] : peak;
        for (int n = 0; n < outputs; n += LANES) *(vec *)(z + n) = exponential(*(vec *)(z + n) - peak);
        for (int n = 0; n < outputs; n++) sum += z[n];
        for (int n = 0; n < outputs; n++) z[n] /= sum;
    }
    float mixed = 0.0f;
    if (e->mse && e->kind == MULTICLASS)
        for (int n = 0; n < outputs; n++) mixed += (z[n] - truth[n]) * z[n];
    for (int n = 0; n < outputs; n++) {
        float error = (z[n] - truth[n] - mixed) * share;
        z[n] = e->mse && e->kind == MULTICLASS ? error * z[n] : error;
    }
}

/* Parameters move by their gradient: `count` numbers, whole vectors, from number `from` of a layer. */
static void move(const Work *work, const Layer *layer, int64_t from, const float *gradient, int64_t count, float rate) {
    vec *w = (vec *)(layer->at[0] + from), *first = (vec *)(layer->at[1] + from), *second = (vec *)(layer->at[2] + from);
    const vec *slope = (const vec *)gradient;
    count /= LANES;
    if (work->networks->optimizer == SGD) {
        for (int64_t n = 0; n < count; n++) {
            vec step = rate * slope[n];
            if (work->networks->momentum) step = first[n] = first[n] * work->kept + step;
            w[n] -= step;
        }
    } else if (work->networks->optimizer == ADAM) {
        for (int64_t n = 0; n < count; n++) {
            vec g = slope[n];
            vec one = first[n] + (g - first[n]) * work->new_first;
            vec two = second[n] + (g * g - second[n]) * work->new_second;
            first[n] = one;
            second[n] = two;
            w[n] -= quotient(rate * one, root(two) + work->epsilon);
        }
    } else {
        for (int64_t n = 0; n < count; n++) {
            vec g = slope[n];
            first[n] += (g * g - first[n]) * work->new_first;
            w[n] -= quotient(rate * g, root(first[n] + work->epsilon));
        }
    }
}

/* The errors by the values below, made before the layer moves. */
static void errors_below(const Layer *layer, Layer *below, const float *errors, int rows) {
    if (layer->single) {
        for (int row = 0; row < rows; row++)
            for (int64_t k = 0; k < below->stride; k += LANES) {
                int64_t at = row * below->stride + k;
                *(vec *)(below->errors + at) = errors[row] * *(const vec *)(layer->at[0] + k) * *(const vec *)(below->factors + at);
            }
        return;
    }
    for (int k = 0; k < layer->inputs; k++)
        for (int n = 0; n < layer->units; n++) layer->turned[n * below->stride + k] = layer->at[0][k * layer->stride + n];
    product(rows, layer->inputs, below->errors, below->stride, layer->units, errors, layer->stride, 1,
            layer->turned, below->stride, 0);
    for (int64_t n = 0; n < rows * below->stride; n += LANES)
        *(vec *)(below->errors + n) *= *(const vec *)(below->factors + n);
}

/* One layer's step: its gradient, a stripe at a time, and where it leads. */
static void learn(const Work *work, const Layer *layer, const float *below, int64_t below_row, const float *errors, int rows, float rate) {
    if (layer->single) {
        for (int64_t k = 0; k < layer->inputs; k += LANES) {
            int64_t rest = layer->inputs - k;
            vec sum = {0};
            for (int row = 0; row < rows; row++) {
                const float *values = below + row * below_row + k;
                sum += errors[row] * (rest < LANES ? some(values, rest) : *(const vec *)values);
            }
            *(vec *)work->stripe = sum;
            move(work, layer, k, work->stripe, LANES, rate);
        }
        vec bias = {0};
        for (int row = 0; row < rows; row++) bias[0] += errors[row];
        *(vec *)work->stripe = bias;
        move(work, layer, layer->stride, work->stripe, LANES, rate);
        return;
    }
    for (int k = 0; k < layer->inputs; k += STRIPE) {
        int high = layer->inputs - k < STRIPE ? layer->inputs - k : STRIPE;
        product(high, layer->units, work->stripe, layer->stride, rows, below + k, 1, below_row, errors, layer->stride, 0);
        move(work, layer, k * layer->stride, work->stripe, high * layer->stride, rate);
    }
    for (int64_t n = 0; n < layer->stride; n += LANES) {
        vec sum = {0};
        for (int row = 0; row < rows; row++) sum += *(const vec *)(errors + row * layer->stride + n);
        *(vec *)(work->stripe + n) = sum;
    }
    move(work, layer, layer->inputs * layer->stride, work->stripe, layer->stride, rate);
}

/* Up to the logits. What trains drops values, and keeps slopes for the way back. */
static void forward(const Work *work, const float *features, int first, int rows, int trains) {
    const Networks *e = work->networks;
    const float *below = features;
    int64_t below_row = e->widths[0] + 1;
    for (int l = 0; l < e->layers; l++) {
        Layer *layer = &work->layers[l];
        sums(layer, below, below_row, rows);
        if (l == e->layers - 1) return;
        activate(layer->values, rows * layer->stride, e->activation);
        if (trains) {
            const float *noise = e->noise[(int64_t)l * e->members + work->member];
            float rate = e->dropout[(int64_t)work->member * (e->layers - 1) + l];
            slopes(layer->factors, layer->values, rows * layer->stride, e->activation);
            if (noise && rate > 0.0f) drop(layer, noise + (int64_t)first * layer->units, rate, rows);
        }
        below = layer->values;
        below_row = layer->stride;
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

static void step(const Work *work, int first, int rows, float rate) {
    const Networks *e = work->networks;
    const float *features = e->features[work->member] + (int64_t)first * (e->widths[0] + 1);
    const float *truth = e->truth[work->member] + (int64_t)first * e->widths[e->layers];
    Layer *last = &work->layers[e->layers - 1];
    forward(work, features, first, rows, 1);
    write_logits(work, first, rows);
    if (last->single)
        errors_of_one(e, last->values, truth, rows);
    else {
        float share = e->mse ? 2.0f / ((float)rows * last->units) : 1.0f / rows;
        for (int r = 0; r < rows; r++) errors_of_row(e, last->values + r * last->stride, truth + (int64_t)r * last->units, last->units, share);
    }
    const float *errors = last->values;
    for (int l = e->layers - 1; l >= 0; l--) {
        Layer *layer = &work->layers[l], *below = layer - 1;
        if (l) errors_below(layer, below, errors, rows);
        learn(work, layer, l ? below->values : features, l ? below->stride : e->widths[0] + 1, errors, rows, rate);
        if (l) errors = below->errors;
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
    free(work->layers), free(work->stripe);
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
        for (int t = 0; layer->copied && t <= (trains ? e->states : 0); t++) ok &= !!(layer->own[t] = make(layer->room));
        ok &= !!(layer->values = make(layer->single ? whole(rows) : rows * layer->stride));
        if (!trains || l == e->layers - 1) continue;
        ok &= !!(layer->factors = make(rows * layer->stride));
        ok &= !!(layer->errors = make(rows * layer->stride));
    }
    for (int l = 1; trains && work->layers && l < e->layers; l++)
        if (!work->layers[l].single) ok &= !!(work->layers[l].turned = make(e->widths[l + 1] * whole(e->widths[l])));
    ok &= !!(work->stripe = make(STRIPE * widest));
    return ok && work->layers;
}

/* One epoch of each member that trains; its logits as they were met. 0, or 1 where there was no memory. */
int epoch(const Networks *e) {
    Work work;
    int ok = enter(&work, e, e->batch, 1), steps = (e->rows + e->batch - 1) / e->batch;
    for (int member = 0; ok && member < e->members; member++) {
        if (!e->trains[member]) continue;
        work.member = member, work.kept = e->kept[member], work.epsilon = e->epsilon[member];
        work.new_first = e->new_first[member], work.new_second = e->new_second[member];
        for (int l = 0; l < e->layers; l++) fetch(&work, &work.layers[l], e->states + 1);
        for (int n = 0; n < steps; n++) {
            int first = n * e->batch, rows = e->rows - first < e->batch ? e->rows - first : e->batch;
            step(&work, first, rows, e->rates[(int64_t)member * steps + n]);
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
            forward(&work, e->features[member] + (int64_t)first * (e->widths[0] + 1), first, rows, 0);
            write_logits(&work, first, rows);
        }
    }
    leave(&work);
    return !ok;
}
