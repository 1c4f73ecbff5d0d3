/* One epoch of many fully connected networks: sixteen members are the sixteen lanes of a vector.

   Every number is a vector with one lane a member, so that each member's arithmetic is the same in
   any company and at any place. A product sums over its inner index from first to last, one fused
   multiplication and addition at a time, however it is cut into blocks.

   The package builds this file where there is a C compiler, once for each kind of processor
   (NAME tells them apart); `population/native/__init__.py` says what the arguments are. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 16
#define ROWS 4
#define COLUMNS 4

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t bits __attribute__((vector_size(4 * LANES)));

enum activation { RELU, TANH, SIGMOID, LINEAR };
enum optimizer { SGD, ADAM, RMSPROP };
enum kind { BINARY, MULTICLASS, REGRESSION };

typedef struct {
    int32_t members, rows, batch, layers, activation, kind, mse, optimizer, momentum, states;
    int64_t width;          /* numbers of a member in `tables` */
    const int32_t *widths;  /* layers + 1 */
    const int32_t *view_of; /* a member: its view of the rows */
    const float *features;  /* (view, row, widths[0] + 1), the last 1 */
    const float *truth;     /* (view, row, outputs) */
    const float **noise;    /* a hidden layer: (view, row, unit), or nothing where none is dropped */
    const float *rates;     /* (member, step): the learning rate and what else a step multiplies by */
    const float *dropout;   /* (member, hidden layer) */
    const float *kept;      /* (member): SGD's momentum */
    const float *new_first; /* (member): the share of a new value in the first state */
    const float *new_second;
    const float *epsilon;
    float *tables[3];       /* parameters and optimizer states, each (member, width) */
    float *logits;          /* (member, row, outputs) */
} Epoch;

static inline vec all(float value) {
    vec v;
    for (int lane = 0; lane < LANES; lane++) v[lane] = value;
    return v;
}

static inline vec choose(bits mask, vec yes, vec no) { return (vec)((mask & (bits)yes) | (~mask & (bits)no)); }

static inline vec root(vec x) {
    vec v;
    for (int lane = 0; lane < LANES; lane++) v[lane] = sqrtf(x[lane]);
    return v;
}

/* e^x to the last bit or the one before (Cephes' polynomial); NaN stays NaN. */
static inline vec exponential(vec x) {
    bits known = x == x;
    vec clipped = choose(x > 88.0f, all(88.0f), choose(x < -87.0f, all(-87.0f), x));
    vec shifted = clipped * 1.44269504f + 12582912.0f; /* rounds to a whole number in the low bits */
    vec whole = shifted - 12582912.0f;
    vec r = clipped - whole * 0.693359375f + whole * 2.12194440e-4f;
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

/* c[r, c] = sum over k of a[r, k] b[k, c]; strides count vectors (numbers for a shared `a`). */
#define CASE(NAME_, HIGH_, WIDE_)                                                                          \
    case HIGH_ * 8 + WIDE_:                                                                                \
        NAME_##_block(HIGH_, WIDE_, to, c_row, depth, left, a_row, a_depth, right, b_depth, b_column);    \
        break;

#define PRODUCT(NAME_, TYPE_)                                                                              \
    static inline __attribute__((always_inline)) void NAME_##_block(                                       \
        int rows, int columns, vec *c, int c_row, int depth, const TYPE_ *a, int a_row, int a_depth,      \
        const vec *b, int b_depth, int b_column) {                                                         \
        vec sum[ROWS][COLUMNS];                                                                            \
        for (int r = 0; r < rows; r++)                                                                     \
            for (int n = 0; n < columns; n++) sum[r][n] = (vec){0};                                        \
        for (int k = 0; k < depth; k++) {                                                                  \
            vec right[COLUMNS];                                                                            \
            for (int n = 0; n < columns; n++) right[n] = b[k * b_depth + n * b_column];                    \
            for (int r = 0; r < rows; r++)                                                                 \
                for (int n = 0; n < columns; n++) sum[r][n] += a[r * a_row + k * a_depth] * right[n];      \
        }                                                                                                  \
        for (int r = 0; r < rows; r++)                                                                     \
            for (int n = 0; n < columns; n++) c[r * c_row + n] = sum[r][n];                                \
    }                                                                                                      \
    static void NAME_(int rows, int columns, vec *c, int c_row, int depth, const TYPE_ *a, int a_row,     \
                      int a_depth, const vec *b, int b_depth, int b_column) {                              \
        for (int n = 0; n < columns; n += COLUMNS)                                                         \
            for (int r = 0; r < rows; r += ROWS) {                                                         \
                int high = rows - r < ROWS ? rows - r : ROWS;                                              \
                int wide = columns - n < COLUMNS ? columns - n : COLUMNS;                                  \
                vec *to = c + r * c_row + n;                                                               \
                const TYPE_ *left = a + r * a_row;                                                         \
                const vec *right = b + n * b_column;                                                       \
                switch (high * 8 + wide) {                                                                 \
                    CASE(NAME_, 4, 4) CASE(NAME_, 4, 3) CASE(NAME_, 4, 2) CASE(NAME_, 4, 1)                \
                    CASE(NAME_, 3, 4) CASE(NAME_, 3, 3) CASE(NAME_, 3, 2) CASE(NAME_, 3, 1)                \
                    CASE(NAME_, 2, 4) CASE(NAME_, 2, 3) CASE(NAME_, 2, 2) CASE(NAME_, 2, 1)                \
                    CASE(NAME_, 1, 4) CASE(NAME_, 1, 3) CASE(NAME_, 1, 2) CASE(NAME_, 1, 1)                \
                }                                                                                          \
            }                                                                                              \
    }

PRODUCT(product, vec)
PRODUCT(shared_product, float)

/* Between (member, number) and (number, lane); a member's numbers start `width` after the one's before. */
static void gather(vec *to, const float *from, int64_t numbers, int64_t width, int lanes) {
    memset(to, 0, sizeof(vec) * numbers);
    for (int lane = 0; lane < lanes; lane++)
        for (int64_t n = 0; n < numbers; n++) ((float *)to)[n * LANES + lane] = from[lane * width + n];
}

static void scatter(float *to, const vec *from, int64_t numbers, int64_t width, int lanes) {
    for (int lane = 0; lane < lanes; lane++)
        for (int64_t n = 0; n < numbers; n++) to[lane * width + n] = ((const float *)from)[n * LANES + lane];
}

/* One number a lane; lanes without a member have 0. */
static vec each(const float *numbers, int lanes, int64_t width) {
    vec v = all(0.0f);
    for (int lane = 0; lane < lanes; lane++) v[lane] = numbers[lane * width];
    return v;
}

static void activate(vec *values, int64_t count, int activation) {
    if (activation == RELU)
        for (int64_t n = 0; n < count; n++) values[n] = choose(values[n] < 0.0f, all(0.0f), values[n]);
    else if (activation == TANH)
        for (int64_t n = 0; n < count; n++) values[n] = hyperbolic(values[n]);
    else if (activation == SIGMOID)
        for (int64_t n = 0; n < count; n++) values[n] = logistic(values[n]);
}

static inline vec slope(vec value, int activation) {
    if (activation == RELU) return choose(value > 0.0f, all(1.0f), all(0.0f));
    if (activation == TANH) return 1.0f - value * value;
    if (activation == SIGMOID) return value * (1.0f - value);
    return all(1.0f);
}

/* Logits become the gradient of the mean loss by the logits. */
static void by_logits(vec *z, const vec *truth, int rows, int outputs, int kind, int mse) {
    float share = mse ? 2.0f / ((float)rows * outputs) : 1.0f / rows;
    for (int row = 0; row < rows; row++, z += outputs, truth += outputs) {
        if (kind == BINARY) z[0] = logistic(z[0]);
        if (kind == MULTICLASS) {
            vec peak = z[0], sum = all(0.0f);
            for (int n = 1; n < outputs; n++) peak = choose(z[n] > peak, z[n], peak);
            for (int n = 0; n < outputs; n++) sum += z[n] = exponential(z[n] - peak);
            for (int n = 0; n < outputs; n++) z[n] /= sum;
        }
        vec mixed = all(0.0f);
        if (mse && kind == MULTICLASS)
            for (int n = 0; n < outputs; n++) mixed += (z[n] - truth[n]) * z[n];
        for (int n = 0; n < outputs; n++) {
            vec error = (z[n] - truth[n] - mixed) * share;
            if (mse && kind == BINARY) error *= z[n] * (1.0f - z[n]);
            if (mse && kind == MULTICLASS) error *= z[n];
            z[n] = error;
        }
    }
}

/* What a lane's own settings are. */
typedef struct {
    vec kept, new_first, new_second, epsilon;
} Rule;

static void move(const Epoch *e, const Rule *rule, vec *w, vec *first, vec *second, const vec *gradient, int64_t count, vec rate) {
    if (e->optimizer == SGD) {
        for (int64_t n = 0; n < count; n++) {
            vec step = rate * gradient[n];
            if (e->momentum) step = first[n] = first[n] * rule->kept + step;
            w[n] -= step;
        }
    } else if (e->optimizer == ADAM) {
        for (int64_t n = 0; n < count; n++) {
            vec g = gradient[n];
            first[n] += (g - first[n]) * rule->new_first;
            second[n] += (g * g - second[n]) * rule->new_second;
            w[n] -= rate * first[n] / (root(second[n]) + rule->epsilon);
        }
    } else {
        for (int64_t n = 0; n < count; n++) {
            vec g = gradient[n];
            first[n] += (g * g - first[n]) * rule->new_first;
            w[n] -= rate * g / root(first[n] + rule->epsilon);
        }
    }
}

static int64_t parameters(const Epoch *e) {
    int64_t count = 0;
    for (int l = 0; l < e->layers; l++) count += (int64_t)(e->widths[l] + 1) * e->widths[l + 1];
    return count;
}

typedef struct {
    vec *lanes[3], *gradient, *truth, *rows, **values, **masks, **errors;
} Room;

/* The lanes' own rows of one batch: width numbers a row, where lanes have different views. */
static void spread(const Epoch *e, vec *to, const float *from, int width, int first, int start, int rows) {
    for (int lane = 0; lane < LANES; lane++) {
        int member = first + lane < e->members ? first + lane : first;
        const float *source = from + ((int64_t)e->view_of[member] * e->rows + start) * width;
        for (int n = 0; n < rows * width; n++) ((float *)to)[n * LANES + lane] = source[n];
    }
}

static void batch(const Epoch *e, Room *room, const Rule *rule, int first, int one_view, int start, int rows, vec rate) {
    const int32_t *w = e->widths;
    int last = e->layers - 1, outputs = w[e->layers];
    const float *shared = e->features + ((int64_t)e->view_of[first] * e->rows + start) * (w[0] + 1);
    if (!one_view) spread(e, room->rows, e->features, w[0] + 1, first, start, rows);
    spread(e, room->truth, e->truth, outputs, first, start, rows);
    vec *matrix = room->lanes[0];
    int lanes = e->members - first < LANES ? e->members - first : LANES;
    for (int l = 0; l <= last; l++) {
        int inputs = w[l] + 1, units = w[l + 1], wide = l < last ? units + 1 : units;
        vec *out = room->values[l];
        if (l == 0 && one_view)
            shared_product(rows, units, out, wide, inputs, shared, inputs, 1, matrix, units, 1);
        else
            product(rows, units, out, wide, inputs, l ? room->values[l - 1] : room->rows, inputs, 1, matrix, units, 1);
        matrix += (int64_t)inputs * units;
        if (l == last) break;
        vec drop = each(e->dropout + (int64_t)first * last + l, lanes, last), scale = 1.0f / (1.0f - drop);
        for (int row = 0; row < rows; row++) {
            vec *value = out + (int64_t)row * wide;
            activate(value, units, e->activation);
            /* The slope is kept with the noise: what a gradient is multiplied by on its way back. */
            vec *mask = room->masks[l] + (int64_t)row * units;
            for (int n = 0; n < units; n++) mask[n] = slope(value[n], e->activation);
            if (e->noise[l]) {
                if (!one_view) spread(e, room->errors[l], e->noise[l], units, first, start + row, 1);
                const float *noise = e->noise[l] + ((int64_t)e->view_of[first] * e->rows + start + row) * units;
                for (int n = 0; n < units; n++) {
                    vec drawn = one_view ? all(noise[n]) : room->errors[l][n];
                    vec factor = choose(drawn >= drop, scale, all(0.0f));
                    value[n] *= factor;
                    mask[n] *= factor;
                }
            }
            value[units] = all(1.0f);
        }
    }
    vec *z = room->values[last];
    for (int lane = 0; lane < lanes; lane++)
        for (int n = 0; n < rows * outputs; n++)
            e->logits[((int64_t)(first + lane) * e->rows + start) * outputs + n] = ((float *)z)[n * LANES + lane];
    by_logits(z, room->truth, rows, outputs, e->kind, e->mse);
    vec *gradient = room->gradient + parameters(e), *error = z;
    matrix = room->lanes[0] + parameters(e);
    for (int l = last; l >= 0; l--) {
        int inputs = w[l] + 1, units = w[l + 1];
        matrix -= (int64_t)inputs * units;
        gradient -= (int64_t)inputs * units;
        /* (input, unit) = sum over rows of (row, input) (row, unit) */
        if (l == 0 && one_view)
            shared_product(inputs, units, gradient, units, rows, shared, 1, inputs, error, units, 1);
        else
            product(inputs, units, gradient, units, rows, l ? room->values[l - 1] : room->rows, 1, inputs, error, units, 1);
        if (l == 0) break;
        vec *below = room->errors[l - 1], *mask = room->masks[l - 1];
        product(rows, w[l], below, w[l], units, error, units, 1, matrix, 1, units);
        for (int64_t n = 0; n < (int64_t)rows * w[l]; n++) below[n] *= mask[n];
        error = below;
    }
    move(e, rule, room->lanes[0], room->lanes[1], room->lanes[2], room->gradient, parameters(e), rate);
}

static vec *make(int64_t count) { return aligned_alloc(sizeof(vec), sizeof(vec) * (count + 1)); }

/* 0, or 1 where there was no memory. */
int NAME(const Epoch *e) {
    int64_t count = parameters(e);
    int hidden = e->layers - 1, failed = 0, made = 0;
    vec **parts = calloc(3 * e->layers + 8, sizeof(vec *));
    if (!parts) return 1;
    Room room = {.values = parts, .masks = parts + e->layers, .errors = parts + 2 * e->layers};
    for (int l = 0; l < e->layers; l++) {
        int64_t size = (int64_t)e->batch * (e->widths[l + 1] + 1);
        failed |= !(room.values[l] = make(size));
        if (l < hidden) failed |= !(room.masks[l] = make(size)), failed |= !(room.errors[l] = make(size));
    }
    vec **more[] = {&room.lanes[0], &room.lanes[1], &room.lanes[2], &room.gradient};
    for (; made < 4; made++) failed |= !(*more[made] = make(count));
    failed |= !(room.truth = make((int64_t)e->batch * e->widths[e->layers]));
    failed |= !(room.rows = make((int64_t)e->batch * (e->widths[0] + 1)));
    int steps = (e->rows + e->batch - 1) / e->batch;
    for (int first = 0; first < e->members && !failed; first += LANES) {
        int one_view = 1, lanes = e->members - first < LANES ? e->members - first : LANES;
        for (int lane = 0; lane < lanes; lane++) one_view &= e->view_of[first + lane] == e->view_of[first];
        Rule rule = {each(e->kept + first, lanes, 1), each(e->new_first + first, lanes, 1),
                     each(e->new_second + first, lanes, 1), each(e->epsilon + first, lanes, 1)};
        for (int s = 0; s <= e->states; s++)
            gather(room.lanes[s], e->tables[s] + first * e->width, count, e->width, lanes);
        for (int step = 0; step < steps; step++) {
            int start = step * e->batch, rows = e->rows - start < e->batch ? e->rows - start : e->batch;
            vec rate = each(e->rates + (int64_t)first * steps + step, lanes, steps);
            batch(e, &room, &rule, first, one_view, start, rows, rate);
        }
        for (int s = 0; s <= e->states; s++)
            scatter(e->tables[s] + first * e->width, room.lanes[s], count, e->width, lanes);
    }
    for (int n = 0; n < 4; n++) free(*more[n]);
    free(room.truth);
    free(room.rows);
    for (int n = 0; n < 3 * e->layers; n++) free(parts[n]);
    free(parts);
    return failed;
}
