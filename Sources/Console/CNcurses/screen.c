// ncurses as an encoder: pictures in, bytes out. Its output descriptor is a memory file, so it can neither block on a
// slow terminal nor touch the modes of a real one; the caller writes the bytes when the terminal takes them.
#define _GNU_SOURCE 1
#define _XOPEN_SOURCE_EXTENDED 1
#include "include/CNcurses.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>
#undef columns  // term.h names every capability by a macro

struct cn_screen {
    SCREEN *screen;
    FILE *file;
    int memory;
    off_t taken;
    int cursor_shown;
    int colour;
};

// ncurses keeps a "current screen" for the calls without an argument.
static void select_screen(cn_screen *screen) { set_term(screen->screen); }

cn_screen *cn_screen_open(const char *type, int rows, int columns, int colour) {
    cn_screen *screen = calloc(1, sizeof *screen);
    if (!screen) return NULL;
    screen->memory = memfd_create("screen", MFD_CLOEXEC);
    screen->file = screen->memory < 0 ? NULL : fdopen(screen->memory, "r+");
    if (!screen->file) {
        if (screen->memory >= 0) close(screen->memory);
        free(screen);
        return NULL;
    }
    screen->screen = newterm(type, screen->file, screen->file);
    if (!screen->screen) {
        fclose(screen->file);
        free(screen);
        return NULL;
    }
    select_screen(screen);
    char *address = tigetstr("cup");
    if (address == NULL || address == (char *)-1) {
        endwin();
        delscreen(screen->screen);
        fclose(screen->file);
        free(screen);
        return NULL;
    }
    typeahead(-1);  // the input is not ncurses' to look at: doupdate must not stop half way
    leaveok(stdscr, TRUE);
    scrollok(stdscr, FALSE);
    screen->colour = colour && has_colors();
    if (screen->colour) {
        start_color();
        use_default_colors();
    }
    curs_set(0);
    resizeterm(rows, columns);
    return screen;
}

void cn_screen_close(cn_screen *screen) {
    delscreen(screen->screen);
    fclose(screen->file);
    free(screen);
}

int cn_screen_colours(cn_screen *screen) {
    select_screen(screen);
    return screen->colour ? COLORS : 0;
}

int cn_screen_pairs(cn_screen *screen) {
    select_screen(screen);
    return screen->colour ? COLOR_PAIRS : 0;
}

void cn_screen_enter(cn_screen *screen) {
    select_screen(screen);
    fflush(screen->file);
}

void cn_screen_pair(cn_screen *screen, int pair, int ink, int ground) {
    select_screen(screen);
    init_extended_pair(pair, ink, ground);
}

void cn_screen_resize(cn_screen *screen, int rows, int columns) {
    select_screen(screen);
    resizeterm(rows, columns);
    erase();
    clearok(curscr, TRUE);
}

void cn_screen_forget(cn_screen *screen) {
    select_screen(screen);
    clearok(curscr, TRUE);
}

void cn_screen_put(
    cn_screen *screen, int row, int column, int attributes, int pair, const uint32_t *characters, int count) {
    select_screen(screen);
    attr_t attribute = A_NORMAL;
    if (attributes & CN_BOLD) attribute |= A_BOLD;
    if (attributes & CN_DIM) attribute |= A_DIM;
    if (attributes & CN_REVERSE) attribute |= A_REVERSE;
    if (attributes & CN_UNDERLINE) attribute |= A_UNDERLINE;
    wattr_set(stdscr, attribute, (short)pair, &pair);
    // ERR is the answer for the bottom right cell, although it is drawn.
    mvwaddnwstr(stdscr, row, column, (const wchar_t *)characters, count);
}

void cn_screen_cursor(cn_screen *screen, int row, int column) {
    select_screen(screen);
    int shown = row >= 0;
    if (shown != screen->cursor_shown) curs_set(shown);
    screen->cursor_shown = shown;
    leaveok(stdscr, shown ? FALSE : TRUE);
    if (shown) wmove(stdscr, row, column);
}

void cn_screen_update(cn_screen *screen) {
    select_screen(screen);
    wnoutrefresh(stdscr);
    doupdate();
}

void cn_screen_leave(cn_screen *screen) {
    select_screen(screen);
    endwin();
}

size_t cn_screen_take(cn_screen *screen, uint8_t *bytes, size_t room) {
    ssize_t count = pread(screen->memory, bytes, room, screen->taken);
    if (count > 0) {
        screen->taken += count;
        return (size_t)count;
    }
    if (screen->taken > 0 && ftruncate(screen->memory, 0) == 0) {
        lseek(screen->memory, 0, SEEK_SET);
        screen->taken = 0;
    }
    return 0;
}

int cn_locale_is_utf8(void) {
    if (!setlocale(LC_CTYPE, "")) return -1;
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

int cn_character_width(uint32_t character) { return wcwidth((wchar_t)character); }
