package import EventLoop
internal import Glibc

/// A file that is open for reading at any place. What was opened stays readable, also when the name is given to another
/// file. These calls block.
package final class StoredFile: Sendable {
    private let path: String
    private let descriptor: Int32
    /// How many bytes it has.
    package let size: Int64

    /// Opens the file at `path`.
    package init(_ path: String) throws(SystemError) {
        self.path = path
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw .last("open \(path)") }
        var figures = stat()
        guard unsafe fstat(fd, &figures) == 0 else {
            let failure = SystemError.last("look at \(path)")
            close(fd)
            throw failure
        }
        guard figures.st_mode & S_IFMT == S_IFREG else {
            close(fd)
            throw SystemError("open \(path)", code: EISDIR)
        }
        descriptor = fd
        size = Int64(figures.st_size)
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes from `offset` on; none at the end.
    package func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            guard got >= 0 else {
                if errno == EINTR { continue }
                throw .last("read \(path)")
            }
            bytes.removeLast(count - got)
            return bytes
        }
    }
}
