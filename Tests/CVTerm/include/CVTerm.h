// A terminal in memory for tests: libvterm behind plain values, since Swift cannot import its bit fields and unions.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct cvt_terminal cvt_terminal;

typedef struct {
    uint32_t characters[3];  // 0 after the last
    int width;               // 0 for the right half of a wide character
    int bold, reverse, underline;
    int ink, ground;  // -1 default, 0...255, -2 any other
    int ink_rgb, ground_rgb;  // of any other: 0xRRGGBB, else -1
} cvt_cell;

/// A terminal of a size, or NULL where libvterm was not there at build time.
cvt_terminal *_Nullable cvt_open(int rows, int columns);
void cvt_close(cvt_terminal *_Nonnull terminal);
/// Shows bytes.
void cvt_write(cvt_terminal *_Nonnull terminal, const uint8_t *_Nonnull bytes, size_t count);
void cvt_resize(cvt_terminal *_Nonnull terminal, int rows, int columns);
cvt_cell cvt_cell_at(cvt_terminal *_Nonnull terminal, int row, int column);
/// Whether the alternate screen is shown.
int cvt_is_alternate(cvt_terminal *_Nonnull terminal);
/// Whether the mouse is told.
int cvt_is_mouse_told(cvt_terminal *_Nonnull terminal);
/// Where the cursor is, and whether it is shown.
void cvt_cursor(cvt_terminal *_Nonnull terminal, int *_Nonnull row, int *_Nonnull column, int *_Nonnull visible);

/// Sets a locale that writes UTF-8, whatever the environment says.
void cvt_use_utf8(void);
/// The width that the C library gives a character.
int cvt_library_width(uint32_t character);

/// A pseudo terminal of a size; returns the master and stores the name of the slave. -1 and errno.
int cvt_pty_open(int rows, int columns, char *_Nonnull name, size_t room);
/// Runs a program on the slave as its controlling terminal, standard input, output and error; both lists end in NULL.
/// Returns its identifier. -1 and errno.
int cvt_spawn(
    const char *_Nonnull slave, const char *_Nullable const *_Nonnull arguments,
    const char *_Nullable const *_Nonnull environment);
int cvt_pty_resize(int master, int rows, int columns);
