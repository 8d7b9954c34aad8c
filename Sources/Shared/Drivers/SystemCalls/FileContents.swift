package import EventLoop
internal import Glibc

/// Small files as whole values: settings, secrets, certificates, what `/proc` says.
///
/// These calls block; use them at start, or for files that are memory (`/proc`).
package enum FileContents {
    /// The bytes of the file at `path`.
    /// - Throws: `SystemError`; with `EFBIG` when the file is larger than `limit` bytes.
    package static func read(_ path: String, limit: Int = 1 << 20) throws(SystemError) -> [UInt8] {
        try read(path, limit: limit) { _ in }
    }

    /// The last bytes of the file at `path`, `count` at most.
    package static func end(of path: String, count: Int) throws(SystemError) -> [UInt8] {
        // It may grow meanwhile; a file that is shorter is read from its beginning.
        let contents = try read(path, limit: .max) { fd in _ = lseek(fd, off_t(-count), SEEK_END) }
        return Array(contents.suffix(count))
    }

    private static func read(
        _ path: String, limit: Int, from place: (_ fd: Int32) -> Void
    ) throws(SystemError) -> [UInt8] {
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw .last("open \(path)") }
        defer { close(fd) }
        place(fd)
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress, $0.count) }
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw .last("read \(path)")
            }
            guard count > 0 else { return contents }
            contents.append(contentsOf: chunk[..<count])
            guard contents.count <= limit else { throw SystemError("read \(path)", code: EFBIG) }
        }
    }

    /// Whether there is a file at `path` that this process may read.
    package static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// How many entries the directory at `path` has, `.` and `..` not counted.
    package static func entryCount(ofDirectory path: String) throws(SystemError) -> Int {
        guard let directory = unsafe opendir(path) else { throw .last("open directory \(path)") }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        return max(0, count - 2)
    }
}
