// What the Terminal module needs from ncurses and from Linux that Swift cannot import by itself: curses.h defines its
// attributes, globals and variadics as macros, so it is included in the .c files only and this header stays plain.
#pragma once
#include <stddef.h>
#include <stdint.h>

// MARK: Drawing: ncurses turns pictures into bytes, and nothing else

/// One ncurses screen whose output goes to memory.
typedef struct cn_screen cn_screen;

/// Opens a screen for the terminal type, or returns NULL where terminfo does not know it or it cannot place text.
/// Without `colour` it never writes a colour, not even to reset one.
cn_screen *_Nullable cn_screen_open(const char *_Nonnull type, int rows, int columns, int colour);
/// Frees the screen; its leaving bytes must have been taken before.
void cn_screen_close(cn_screen *_Nonnull screen);
/// The number of colours that can be used, 0 for none.
int cn_screen_colours(cn_screen *_Nonnull screen);
/// The number of colour pairs that can be defined.
int cn_screen_pairs(cn_screen *_Nonnull screen);
/// Ends what is written when a screen is opened, before the first picture.
void cn_screen_enter(cn_screen *_Nonnull screen);
/// Defines colour pair `pair` (1...); -1 is the terminal's own colour.
void cn_screen_pair(cn_screen *_Nonnull screen, int pair, int ink, int ground);
/// Says the new size; the next update paints everything.
void cn_screen_resize(cn_screen *_Nonnull screen, int rows, int columns);
/// Forgets what the terminal shows; the next update paints everything.
void cn_screen_forget(cn_screen *_Nonnull screen);

enum { CN_BOLD = 1, CN_DIM = 2, CN_REVERSE = 4, CN_UNDERLINE = 8 };

/// Puts `count` characters (a combining mark follows its base) at a place, clipped to the screen.
void cn_screen_put(
    cn_screen *_Nonnull screen, int row, int column, int attributes, int pair, const uint32_t *_Nonnull characters,
    int count);
/// Shows the cursor at a place, or hides it when `row` is negative.
void cn_screen_cursor(cn_screen *_Nonnull screen, int row, int column);
/// Computes the bytes that turn the last picture into this one.
void cn_screen_update(cn_screen *_Nonnull screen);
/// Computes the bytes that give the terminal back; the next update takes it again.
void cn_screen_leave(cn_screen *_Nonnull screen);
/// Moves up to `room` bytes of computed output to `bytes`; returns how many, 0 when there are no more.
size_t cn_screen_take(cn_screen *_Nonnull screen, uint8_t *_Nonnull bytes, size_t room);

/// Whether the locale of the environment writes UTF-8, -1 when it is not installed; sets it for the process.
int cn_locale_is_utf8(void);
/// The width that ncurses will count for a character, -1 for one that it will not draw.
int cn_character_width(uint32_t character);

// MARK: The terminal as a device

/// Opens the terminal behind `fd` anew, so that its flags are ours alone: non-blocking, close-on-exec. -1 and errno.
int cn_tty_open(int fd);
/// Remembers the modes of the terminal and sets raw mode. -1 and errno.
int cn_tty_raw(int fd);
/// Sets raw mode again after `cn_tty_cooked`.
void cn_tty_raw_again(int fd);
/// Puts the remembered modes back and forgets unread input.
void cn_tty_cooked(int fd);
/// Reads the size; returns -1 when the terminal does not tell.
int cn_tty_size(int fd, int *_Nonnull rows, int *_Nonnull columns);

/// Asks on the controlling terminal, without showing what is typed; returns the length, or -1 when there is no terminal.
int cn_tty_ask_secret(const char *_Nonnull question, char *_Nonnull answer, int room);

// MARK: Signals and wake-ups as descriptors

/// Blocks the signals of a terminal program in this and all later threads, ignores SIGPIPE, and opens a descriptor that
/// tells them.
int cn_signals_open(void);
/// The next signal that came, 0 for none.
int cn_signals_next(int fd);
/// Stops the process group as the terminal's suspend key would; returns 1 when it was stopped and continued, 0 when no
/// shell was there to do it.
int cn_stop_group(void);

int cn_wakeup_open(void);
void cn_wakeup_post(int fd);
void cn_wakeup_drain(int fd);

// MARK: Another program on the terminal

enum { CN_EDITOR_RUNS = 0, CN_EDITOR_EXITED = 1, CN_EDITOR_KILLED = 2, CN_EDITOR_STOPPED = 3 };

/// Starts `sh -c command` with a path as `$1` on the terminal, in a process group of its own that has the keyboard.
/// Returns its identifier, -1 and errno.
int cn_editor_start(int tty, const char *_Nonnull command, const char *_Nonnull path);
/// What became of it; stores the exit status, or the signal that ended or stopped it. Not to be asked after its end.
int cn_editor_state(int child, int *_Nonnull detail);
/// Gives a stopped one the terminal again and lets it go on.
void cn_editor_continue(int child, int tty);
/// Sends a signal to it and to all that it started.
void cn_editor_signal(int child, int number);
/// Takes the keyboard of the terminal back.
void cn_tty_take(int tty);

/// Makes a folder that nobody else can look into; `path` ends in XXXXXX, which is replaced. -1 and errno.
int cn_folder_make(char *_Nonnull path);
/// Removes such a folder and the files in it.
void cn_folder_remove(const char *_Nonnull path);

// MARK: What this process costs

/// The processor time that it has used.
int64_t cn_process_microseconds(void);
/// The memory that it has in use, 0 where the system does not tell.
int64_t cn_process_resident_bytes(void);

// MARK: When everything fails

/// From now on a fault of the process writes `leave` to the terminal, puts its modes back, says `message` there, writes
/// where it happened to `log`, and then ends the process by its signal.
void cn_crash_guard(int tty, int log, const char *_Nonnull leave, const char *_Nonnull message);
/// What a fault must put away as well: a file, the folder that it is in, and a program that has the terminal. NULL and 0
/// for none.
void cn_crash_cleans(const char *_Nullable file, const char *_Nullable folder, int child);
/// Ends the guard.
void cn_crash_unguard(void);
