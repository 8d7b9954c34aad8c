internal import Glibc

/// Writing to a descriptor that belongs to others as well, such as standard error.
package enum PatientOutput {
    /// Writes as many of `bytes` as fit without waiting for the reader, and says how many.
    ///
    /// The descriptor cannot be made non-blocking: that flag would be shared with every process that holds it. So each
    /// write is preceded by a poll and is at most 4096 bytes, which a pipe that polls as writable always takes. A
    /// terminal stopped by control-S and a full pipe or socket poll as not writable. A regular file never waits for a
    /// reader, though it may for its disk.
    package static func write(_ bytes: ArraySlice<UInt8>, to fd: Int32) -> Int {
        var rest = bytes
        while !rest.isEmpty, waitUntilWritable(fd, milliseconds: 0) {
            let piece = rest.prefix(4096)
            let written = unsafe piece.withUnsafeBytes { unsafe Glibc.write(fd, $0.baseAddress, $0.count) }
            guard written > 0 else {
                if written < 0, errno == EINTR { continue }
                break
            }
            rest = rest.dropFirst(written)
        }
        return bytes.count - rest.count
    }

    /// Blocks until something can be written to `fd`, but not for longer than `milliseconds`; false when it cannot.
    package static func waitUntilWritable(_ fd: Int32, milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: fd, events: Int16(POLLOUT), revents: 0)
        let ready = unsafe poll(&entry, 1, milliseconds)
        return ready == 1 && entry.revents & Int16(POLLOUT) != 0
    }
}
