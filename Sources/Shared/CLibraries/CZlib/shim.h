#pragma once
#include <zlib.h>

/// Prepares for gzip and zlib alike, told apart by their headers. The macro behind it is not imported.
static inline int scorable_inflate_init(z_stream *stream) { return inflateInit2(stream, MAX_WBITS + 32); }

/// Prepares for what has no header at all.
static inline int scorable_inflate_raw_init(z_stream *stream) { return inflateInit2(stream, -MAX_WBITS); }
