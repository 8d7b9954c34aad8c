#define _GNU_SOURCE 1
#include "include/CVTerm.h"

#include <stdlib.h>

#if __has_include(<vterm.h>)
#include <vterm.h>

struct cvt_terminal {
    VTerm *terminal;
    VTermScreen *screen;
    int alternate, visible, mouse;
};

static int property(VTermProp property, VTermValue *value, void *user) {
    cvt_terminal *terminal = user;
    if (property == VTERM_PROP_ALTSCREEN) terminal->alternate = value->boolean;
    if (property == VTERM_PROP_MOUSE) terminal->mouse = value->number != VTERM_PROP_MOUSE_NONE;
    if (property == VTERM_PROP_CURSORVISIBLE) terminal->visible = value->boolean;
    return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = property};

cvt_terminal *cvt_open(int rows, int columns) {
    cvt_terminal *terminal = calloc(1, sizeof *terminal);
    terminal->visible = 1;
    terminal->terminal = vterm_new(rows, columns);
    vterm_set_utf8(terminal->terminal, 1);
    terminal->screen = vterm_obtain_screen(terminal->terminal);
    vterm_screen_enable_altscreen(terminal->screen, 1);
    vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
    vterm_screen_reset(terminal->screen, 1);
    return terminal;
}

void cvt_close(cvt_terminal *terminal) {
    vterm_free(terminal->terminal);
    free(terminal);
}

void cvt_write(cvt_terminal *terminal, const uint8_t *bytes, size_t count) {
    vterm_input_write(terminal->terminal, (const char *)bytes, count);
}

void cvt_resize(cvt_terminal *terminal, int rows, int columns) { vterm_set_size(terminal->terminal, rows, columns); }

static int colour(VTermColor colour, int is_ink) {
    if (is_ink ? VTERM_COLOR_IS_DEFAULT_FG(&colour) : VTERM_COLOR_IS_DEFAULT_BG(&colour)) return -1;
    return VTERM_COLOR_IS_INDEXED(&colour) ? colour.indexed.idx : -2;
}

static int rgb(VTermColor colour, int is_default) {
    if (is_default || !VTERM_COLOR_IS_RGB(&colour)) return -1;
    return colour.rgb.red << 16 | colour.rgb.green << 8 | colour.rgb.blue;
}

cvt_cell cvt_cell_at(cvt_terminal *terminal, int row, int column) {
    cvt_cell result = {{0}, 1, 0, 0, 0, -1, -1, -1, -1};
    VTermPos place = {row, column};
    VTermScreenCell cell;
    if (!vterm_screen_get_cell(terminal->screen, place, &cell)) return result;
    if (cell.chars[0] == (uint32_t)-1) {
        result.width = 0;
        return result;
    }
    for (int k = 0; k < 3 && cell.chars[k]; k++) result.characters[k] = cell.chars[k];
    result.width = cell.width;
    result.bold = cell.attrs.bold;
    result.reverse = cell.attrs.reverse;
    result.underline = cell.attrs.underline != 0;
    result.ink = colour(cell.fg, 1);
    result.ground = colour(cell.bg, 0);
    result.ink_rgb = rgb(cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg));
    result.ground_rgb = rgb(cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg));
    return result;
}

int cvt_is_alternate(cvt_terminal *terminal) { return terminal->alternate; }

int cvt_is_mouse_told(cvt_terminal *terminal) { return terminal->mouse; }

void cvt_cursor(cvt_terminal *terminal, int *row, int *column, int *visible) {
    VTermPos place;
    vterm_state_get_cursorpos(vterm_obtain_state(terminal->terminal), &place);
    *row = place.row;
    *column = place.col;
    *visible = terminal->visible;
}
#else
cvt_terminal *cvt_open(int rows, int columns) { return NULL; }
void cvt_close(cvt_terminal *terminal) {}
void cvt_write(cvt_terminal *terminal, const uint8_t *bytes, size_t count) {}
void cvt_resize(cvt_terminal *terminal, int rows, int columns) {}
cvt_cell cvt_cell_at(cvt_terminal *terminal, int row, int column) {
    return (cvt_cell){{0}, 1, 0, 0, 0, -1, -1, -1, -1};
}
int cvt_is_alternate(cvt_terminal *terminal) { return 0; }
int cvt_is_mouse_told(cvt_terminal *terminal) { return 0; }
void cvt_cursor(cvt_terminal *terminal, int *row, int *column, int *visible) {}
#endif
